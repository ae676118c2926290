package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

// migrateCommand has what helps to move a Flask application route by route.
func migrateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Move a Flask application, one route after the other",
		Long: "Move a Flask application, one route after the other, while both halves build links to each other.\n\n" +
			"  dewar migrate script > routes.py\n  python routes.py shop:create_app > python.json\n" +
			"  dewar migrate routes python.json --package shop > pythonroutes.go\n\n" +
			"and the reverse, from the list of the Go program:\n\n" +
			"  shop routes --json > go.json\n  dewar migrate routes go.json --python > goroutes.py\n  dewar migrate progress python.json go.json",
	}
	cmd.AddCommand(migrateScriptCommand(), migrateRoutesCommand(), migrateProgressCommand(), migrateCheckCommand())
	return cmd
}

func migrateScriptCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "script",
		Short: "Print a Python program that lists the routes of a Flask application",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), migrate.Script)
			return err
		},
	}
}

func migrateRoutesCommand() *cobra.Command {
	var pkg, without string
	var python bool
	cmd := &cobra.Command{
		Use:   "routes FILE",
		Short: "Write Go's routes to what Python answers, or with --python the reverse",
		Long: "Write a Go file of routes that are BuildOnly, so that url_for builds links to what Python answers. FILE has the JSON of\n" +
			"the program that dewar migrate script prints, or the table of flask routes; - is standard input.\n\n" +
			"With --python FILE has the JSON of the command routes --json of the Go program, and a Python module is written.\n" +
			"What is to be done by hand is said on standard error.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			listing, err := readListing(cmd, args[0])
			if err != nil {
				return err
			}
			routes := listing.Routes
			if without != "" {
				served, err := readListing(cmd, without)
				if err != nil {
					return err
				}
				routes = migrate.Without(routes, served.Routes)
			}
			return writeRoutes(cmd, pkg, routes, python)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&pkg, "package", "main", "the package of the Go file")
	flags.BoolVar(&python, "python", false, "write Python, from the routes of Go")
	flags.StringVar(&without, "without", "", "a list of routes, in a file: leave out the endpoints that it serves")
	return cmd
}

func writeRoutes(cmd *cobra.Command, pkg string, routes []migrate.Route, python bool) error {
	var source string
	var notes []string
	var err error
	if python {
		source, notes, err = migrate.Python(routes)
	} else {
		var file []byte
		file, notes, err = migrate.Go(pkg, routes)
		source = string(file)
	}
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintln(cmd.ErrOrStderr(), "by hand:", note)
	}
	_, err = io.WriteString(cmd.OutOrStdout(), source)
	return err
}

func migrateProgressCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "progress PYTHON GO",
		Short: "Say which endpoints Go serves, and which are still Python's",
		Long:  "Say of each endpoint who serves it, and which methods of a half-moved one are missing. PYTHON is Flask's list as for dewar migrate routes, GO the JSON of routes --json.",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			python, err := readListing(cmd, args[0])
			if err != nil {
				return err
			}
			golang, err := readListing(cmd, args[1])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), migrate.Progress(python.Routes, golang.Routes))
			return err
		},
	}
}

func migrateCheckCommand() *cobra.Command {
	var flask, shared string
	cmd := &cobra.Command{
		Use:   "check FOLDER...",
		Short: "Print the checklist of a Flask application, filled in",
		Long: "Read the configuration, the templates and the sources of a Flask application as dewar does, and print a checklist: what\n" +
			"loads, what differs, what is to be done by hand, what would bar the way back. With a second folder, that of the Go program,\n" +
			"its sources are read too. --flask adds the routes, the settings that are in force and the extensions, --config the settings of\n" +
			"the Go program in place of those that the folder's config.py gives. Nothing is changed, no Python runs, and no value of a key\n" +
			"is shown.",
		Example: "  dewar migrate script > routes.py && python routes.py shop:create_app > python.json\n  shop config --shared > config.json\n  dewar migrate check . --flask python.json --config config.json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			site, err := readSite(cmd, args, flask, shared)
			if err != nil {
				return err
			}
			items, err := migrate.Check(site)
			for _, item := range items {
				fmt.Fprintln(cmd.OutOrStdout(), item)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&flask, "flask", "", "what the program of dewar migrate script prints, in a file")
	cmd.Flags().StringVar(&shared, "config", "", "what the command config --shared of the Go program prints, in a file")
	return cmd
}

// readSite reads what a site's two halves have told of themselves.
func readSite(cmd *cobra.Command, folders []string, flask, shared string) (migrate.Site, error) {
	site := migrate.Site{Folders: folders}
	if flask != "" {
		listing, err := readListing(cmd, flask)
		if err != nil {
			return site, err
		}
		site.Flask = &listing
	}
	if shared == "" {
		return site, nil
	}
	data, err := read(cmd, shared)
	if err == nil {
		site.Go, err = migrate.ParseShared(data)
	}
	if err != nil {
		return site, fmt.Errorf("the settings of the Go program cannot be read from %s: %w", shared, err)
	}
	return site, nil
}

// readListing reads what a program has told of itself, from a file or from standard input.
func readListing(cmd *cobra.Command, name string) (migrate.Listing, error) {
	data, err := read(cmd, name)
	if err != nil {
		return migrate.Listing{}, fmt.Errorf("the list of routes cannot be read: %w", err)
	}
	listing, err := migrate.Parse(data)
	if err != nil {
		return migrate.Listing{}, fmt.Errorf("%s: %w", name, err)
	}
	return listing, nil
}

// read reads a file, or standard input for -.
func read(cmd *cobra.Command, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(name)
}
