package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

func sessionsCommand() *cobra.Command {
	group := Group("sessions", countSessions(), listSessions(), endSession(), endSessions(), sweepSessions())
	group.Short = "Count, list, end and sweep the sessions that a store keeps"
	group.Long = "Count, list, end and sweep sessions. They must be kept by a sessionstore.SessionInterface, in a store that other processes\n" +
		"reach too, such as a database or Redis. A user is named as the Owner function of the SessionInterface does."
	return group
}

// onStore returns the RunE of a command that wants the App's session interface.
func onStore(run func(cmd *cobra.Command, i *sessionstore.SessionInterface, args []string) error) func(*cobra.Command, []string) error {
	return WithAppContext(func(c *dewar.Context, cmd *cobra.Command, args []string) error {
		i, err := storedSessions(c.App.SessionInterface)
		if err != nil {
			return err
		}
		return run(cmd, i, args)
	})
}

// storedSessions returns the part of a session interface that keeps sessions in a store other processes reach.
func storedSessions(i dewar.SessionInterface) (*sessionstore.SessionInterface, error) {
	var found *sessionstore.SessionInterface
	switch i := i.(type) {
	case *sessionstore.SessionInterface:
		found = i
	case *sessionstore.Moving:
		found = i.To
	case *sessionstore.MovingBack:
		found = i.From
	case *dewar.SecureCookieSessionInterface:
		return nil, errors.New("the sessions are in cookies, which only the browsers have; to list and end them keep them in a store: " +
			"app.SessionInterface = &sessionstore.SessionInterface{Store: ...}. All of them end when SECRET_KEY changes and no fallback has the old one")
	default:
		return nil, fmt.Errorf("the sessions are kept by a %T, which this command does not know; it knows sessionstore.SessionInterface", i)
	}
	if _, ok := found.Store.(*sessionstore.Memory); ok {
		return nil, errors.New("the sessions are in the memory of the process that serves (sessionstore.Memory), which this one does not see; " +
			"keep them in a database or Redis: contrib/sqlstore, contrib/redisstore")
	}
	return found, nil
}

func countSessions() *cobra.Command {
	return &cobra.Command{
		Use:   "count",
		Short: "Print how many sessions there are",
		Long:  "Print how many sessions the store has, perhaps with some that have expired and were not swept yet.",
		Args:  noArguments,
		RunE: onStore(func(cmd *cobra.Command, i *sessionstore.SessionInterface, _ []string) error {
			counter, ok := i.Store.(sessionstore.Counter)
			if !ok {
				return fmt.Errorf("a %T does not count its sessions; ask its server", i.Store)
			}
			n, err := counter.Count(cmd.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), n)
			return err
		}),
	}
}

// A shownSession is a session in JSON.
type shownSession struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
}

func listSessions() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list USER",
		Short:   "List the sessions of a user",
		Long:    "List the sessions of a user, the one that was seen last first. Their values are not shown.",
		Example: "  $0 sessions list 42",
		Args:    cobra.ExactArgs(1),
		RunE: onStore(func(cmd *cobra.Command, i *sessionstore.SessionInterface, args []string) error {
			owned, err := i.Sessions(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return writeSessions(cmd.OutOrStdout(), args[0], owned, asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func writeSessions(w io.Writer, user string, owned []sessionstore.Owned, asJSON bool) error {
	all, rows := []shownSession{}, [][]string{}
	for _, o := range owned {
		all = append(all, shownSession{o.ID, o.Created, o.Seen, o.Expires})
		rows = append(rows, []string{o.ID, moment(o.Created), moment(o.Seen), moment(o.Expires)})
	}
	switch {
	case asJSON:
		return writeJSON(w, all)
	case len(all) == 0:
		_, err := fmt.Fprintf(w, "User %q has no session.\n", user)
		return err
	}
	return writeTable(w, []string{"ID", "Created", "Seen", "Expires"}, rows)
}

func moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

func endSession() *cobra.Command {
	return &cobra.Command{
		Use:     "end USER ID",
		Short:   "End one session of a user",
		Example: "  $0 sessions end 42 q83vEjRWeJASNFZ4kBI0Vg",
		Args:    cobra.ExactArgs(2),
		RunE: onStore(func(cmd *cobra.Command, i *sessionstore.SessionInterface, args []string) error {
			ended, err := i.End(cmd.Context(), args[0], args[1])
			switch {
			case err != nil:
				return err
			case !ended:
				return fmt.Errorf("user %q has no session %q; sessions list %s shows what there is", args[0], args[1], args[0])
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "1 session ended.")
			return err
		}),
	}
}

func endSessions() *cobra.Command {
	return &cobra.Command{
		Use:     "end-all USER",
		Short:   "End all sessions of a user",
		Example: "  $0 sessions end-all 42",
		Args:    cobra.ExactArgs(1),
		RunE: onStore(func(cmd *cobra.Command, i *sessionstore.SessionInterface, args []string) error {
			n, err := i.EndAll(cmd.Context(), args[0])
			if err != nil {
				return fmt.Errorf("%s ended, then: %w", counted(n, "session", "sessions"), err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s ended.\n", counted(n, "session", "sessions"))
			return err
		}),
	}
}

const (
	// sweepBatch is how many sessions are removed before the progress is shown again.
	sweepBatch = 1000
	// sweepLimit is how long a batch may take.
	sweepLimit = time.Minute
	// skew is how far the clocks of processes may be apart for sweep to spare what is alive for one of them.
	skew = time.Minute
)

func sweepSessions() *cobra.Command {
	return &cobra.Command{
		Use:   "sweep",
		Short: "Remove the sessions that have expired",
		Long: "Remove the sessions that have expired, in small batches. While another process sweeps it may remove none. A program that\n" +
			"sweeps by itself, as with sqlstore's SweepEvery, needs this only after a long time without.",
		Args: noArguments,
		RunE: onStore(func(cmd *cobra.Command, i *sessionstore.SessionInterface, _ []string) error {
			sweeper, ok := i.Store.(sessionstore.Sweeper)
			if !ok {
				return fmt.Errorf("a %T has nothing to sweep: what expires goes by itself", i.Store)
			}
			n, err := sweep(cmd.Context(), sweeper, cmd.ErrOrStderr())
			if err != nil {
				return fmt.Errorf("%s removed, then: %w", counted(n, "session", "sessions"), err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s removed.\n", counted(n, "session", "sessions"))
			return err
		}),
	}
}

// sweep removes batches while they are full.
func sweep(ctx context.Context, sweeper sessionstore.Sweeper, terminal io.Writer) (total int, err error) {
	now, left := time.Now().Add(-skew), 0
	if counter, ok := sweeper.(sessionstore.ExpiredCounter); ok && isTerminal(terminal) {
		if left, err = counter.CountExpired(ctx, now); err != nil {
			return 0, err
		}
	}
	bar := newProgress(terminal, "sweeping", left)
	defer bar.finish()
	for {
		inner, cancel := context.WithTimeout(ctx, sweepLimit)
		n, err := sweeper.Sweep(inner, now, sweepBatch)
		cancel()
		total += n
		bar.add(n)
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}
