package cli_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli"
)

func TestOptionsComeFromTheEnvironment(t *testing.T) {
	for _, tt := range []struct {
		name, variable, value, args string
		code                        int
		want                        string
	}{
		{"a switch", "FLASK_USERS_ADD_USER_ADMIN", "1", "", cli.OK, "added ada true"},
		{"a switch in words", "FLASK_USERS_ADD_USER_ADMIN", "Yes", "", cli.OK, "added ada true"},
		{"a switch that is off", "FLASK_USERS_ADD_USER_ADMIN", "off", "", cli.OK, "added ada false"},
		{"a dash in the option", "FLASK_USERS_ADD_USER_DISK_QUOTA", "7", "", cli.OK, "added ada false [] 7"},
		{"a list", "FLASK_USERS_ADD_USER_ROLE", "a,b", "", cli.OK, "[a b]"},
		{"an option goes before", "FLASK_USERS_ADD_USER_DISK_QUOTA", "7", "--disk-quota 3", cli.OK, "[] 3 "},
		{"empty is none", "FLASK_USERS_ADD_USER_DISK_QUOTA", "", "", cli.OK, "[] 1 "},
		{"a value that does not fit", "FLASK_USERS_ADD_USER_DISK_QUOTA", "canary", "", cli.Misused,
			"Error: the environment variable FLASK_USERS_ADD_USER_DISK_QUOTA does not fit --disk-quota, which takes a value of type int"},
		{"of another command", "FLASK_ADD_USER_DISK_QUOTA", "7", "", cli.OK, "[] 1 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(tt.variable, tt.value)
			r := shop(t, append([]string{"users", "add-user", "ada"}, strings.Fields(tt.args)...)...).Want(tt.code, tt.want)
			if strings.Contains(r.Stderr, "canary") {
				t.Errorf("got %q, which has the value in it", r.Stderr)
			}
		})
	}
}

func TestOptionsOfBuiltInCommandsComeFromTheEnvironment(t *testing.T) {
	t.Setenv("FLASK_ROUTES_ALL_METHODS", "true")
	t.Setenv("FLASK_RUN_KEY", "key.pem")
	shop(t, "routes").Want(cli.OK, "GET, HEAD, OPTIONS, POST")
	shop(t, "run").Want(cli.Misused, `--key needs --cert`)
}

func TestARequiredFlagMayComeFromTheEnvironment(t *testing.T) {
	commands := shopCommands()
	add := commands[0].Commands()[0]
	if err := add.MarkFlagRequired("disk-quota"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FLASK_USERS_ADD_USER_DISK_QUOTA", "9")
	runTree(t, commands, "users", "add-user", "ada").Want(cli.OK, "[] 9 ")
	t.Setenv("FLASK_USERS_ADD_USER_DISK_QUOTA", "")
	commands = shopCommands()
	_ = commands[0].Commands()[0].MarkFlagRequired("disk-quota")
	runTree(t, commands, "users", "add-user", "ada").Want(cli.Misused, `required flag(s) "disk-quota" not set`)
}
