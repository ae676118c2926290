package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestAppContextIsAContextWithoutARequest(t *testing.T) {
	t.Parallel()
	app := dewar.New("test")
	must(t, app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "SERVER_NAME": "example.com", "TRUSTED_HOSTS": []string{"example.com"}}))
	app.Get("/posts/{id:int}", func(c *dewar.Context) error { return c.Text("post") }, dewar.Endpoint("post"))
	key := dewar.NewKey[string]("db")
	type parent struct{}
	c, end, err := app.AppContext(context.WithValue(t.Context(), parent{}, "above"))
	if err != nil {
		t.Fatal(err)
	}
	defer end(nil)
	key.Set(c, "open")
	if got := key.Get(c); got != "open" || c.Value("db") != "open" || c.Value(parent{}) != "above" || dewar.FromContext(c) != c {
		t.Errorf("got %q, %v and %v, want the values that were set", got, c.Value("db"), c.Value(parent{}))
	}
	if got, err := c.URLFor("post", "id", 7); err != nil || got != "http://example.com/posts/7" {
		t.Errorf("got %q, error %v, want the whole URL", got, err)
	}
	c.Session().Set("user", 1)
	if err := c.Session().Err(); err == nil || !strings.Contains(err.Error(), "there is no request") {
		t.Errorf("got error %v, want one that says there is no request", err)
	}
}

func TestAppContextEndsWithTheTeardownFunctions(t *testing.T) {
	t.Parallel()
	app := dewar.New("test")
	var told []string
	app.TeardownRequest(
		func(_ *dewar.Context, err error) { told = append(told, fmt.Sprint("first ", err)) },
		func(*dewar.Context, error) { panic("in vain") },
		func(_ *dewar.Context, err error) { told = append(told, fmt.Sprint("last ", err)) },
	)
	app.RequestTearingDown.Connect(func(*dewar.Context) { told = append(told, "signal") })
	c, end, err := app.AppContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	c.Go(func(context.Context) {
		<-release
		told = append(told, "work")
	})
	if len(told) > 0 {
		t.Errorf("got %q before the end", told)
	}
	close(release)
	end(errors.New("failed"))
	if got := strings.Join(told, ", "); !strings.HasPrefix(got, "work, ") || !strings.Contains(got, "first failed") ||
		!strings.Contains(got, "last failed") || strings.Contains(got, "signal") {
		t.Errorf("got %q, want the work, then both functions with the error", got)
	}
}

func TestAppContextTellsWhyTheAppCannotBeBuilt(t *testing.T) {
	t.Parallel()
	app := dewar.New("test")
	app.SessionInterface = nil
	if _, _, err := app.AppContext(t.Context()); err == nil || !strings.Contains(err.Error(), "SessionInterface is nil") {
		t.Errorf("got error %v, want what Build says", err)
	}
}

func ExampleApp_AppContext() {
	app := dewar.New("shop")
	app.TeardownRequest(func(c *dewar.Context, err error) { fmt.Println("closed, error:", err) })
	c, end, err := app.AppContext(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	c.Set("user", "admin")
	fmt.Println(c.Value("user"))
	end(nil)
	// Output:
	// admin
	// closed, error: <nil>
}
