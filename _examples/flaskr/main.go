// Flaskr is the blog of Flask's tutorial, on dewar: users register and log in, write posts, and edit and delete
// their own. It shows an application factory, two blueprints, hooks, a typed key, sessions, flashed messages,
// templates with a layout, and a real SQLite database.
//
// Run it in the folder _examples:
//
//	go run ./flaskr            # serves on http://127.0.0.1:5000
//	go run ./flaskr init-db    # empties the database
//
// The database is instance/flaskr.sqlite; it is made on the first start. FLASK_RUN_HOST and FLASK_RUN_PORT set
// another address. Settings are read from instance/config.json, if there is one, and from the environment:
// FLASK_SECRET_KEY, which must be set to a long random text wherever others can reach the blog, and
// FLASK_DATABASE for another file. In the folder flaskr itself, FLASK_DEBUG=1 go run . shows a changed template
// or style sheet with the next request. So does FLASK_DEBUG=1 make run in the folder above _examples. Each request
// is a line in the log.
//
// What to curl:
//
//	curl -i http://127.0.0.1:5000/hello
//	curl -i http://127.0.0.1:5000/
//	curl -i http://127.0.0.1:5000/auth/register -d username=tester -d password=secret
//	curl -i http://127.0.0.1:5000/auth/login -d username=tester -d password=secret -c jar
//	curl -i http://127.0.0.1:5000/create -d title=Hello -d body=World -b jar
//	curl -i http://127.0.0.1:5000/1/update -b jar
//	curl -i http://127.0.0.1:5000/1/delete -X POST -b jar
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "flaskr:", err)
		os.Exit(1)
	}
}

// run does what the arguments say: nothing to serve, or init-db.
func run(args []string) error {
	switch {
	case len(args) == 0:
		return serve()
	case len(args) == 1 && args[0] == "init-db":
		return initDB()
	}
	return fmt.Errorf("unknown arguments %q; pass none to serve the blog, or init-db to empty its database", args)
}

func serve() error {
	app, err := CreateApp(nil)
	if err != nil {
		return err
	}
	return app.Run("")
}

func initDB() error {
	app, err := configure(nil)
	if err != nil {
		return err
	}
	path, err := databasePath(app)
	if err != nil {
		return err
	}
	kept, err := resetDatabase(path)
	if kept != "" {
		fmt.Println("What was there is broken or no database of this blog; it is kept as", kept)
	}
	if err != nil {
		return err
	}
	fmt.Println("Initialized the database:", path)
	return nil
}
