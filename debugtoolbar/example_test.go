package debugtoolbar_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
)

func ExampleRegister() {
	app := dewar.New("shop")
	debugtoolbar.Register(app)

	app.Get("/", func(c *dewar.Context) error { return c.Text("Hello") })
}

// Options say how much is kept and what may be seen.
func ExampleOption() {
	app := dewar.New("shop")
	debugtoolbar.Register(app,
		debugtoolbar.Keep(500),
		debugtoolbar.KeepBytes(64<<20),
		debugtoolbar.Show("session", "cart", "locale"),
		debugtoolbar.Show("query", "*"),
	)
}

func ExampleDriver() {
	sql.Register("shop-debug", debugtoolbar.Driver(&fakeConnector{}))
	db, err := sql.Open("shop-debug", "file:shop.db")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()

	_ = func(c *dewar.Context) error {
		_, err := db.ExecContext(c, "UPDATE carts SET n = ?", 1) // c is the context, and tells whose statement it is
		return err
	}
}

func ExampleConnector() {
	db := sql.OpenDB(debugtoolbar.Connector(&fakeConnector{}))
	defer db.Close()
}

func ExampleTransport() {
	client := &http.Client{Transport: debugtoolbar.Transport(nil), Timeout: 5 * time.Second}

	_ = func(c *dewar.Context) error {
		r, err := http.NewRequestWithContext(c, "GET", "https://example.com/prices", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
}

// A tenantPanel tells whose data a request was about.
type tenantPanel struct{}

func (tenantPanel) Title() string { return "Tenant" }

func (tenantPanel) Fields(c *dewar.Context) []debugtoolbar.Field {
	tenant, _ := c.Value("tenant").(string)
	return []debugtoolbar.Field{{Name: "name", Value: tenant}, {Name: "plan", Value: "free"}}
}

func ExamplePanel() {
	app := dewar.New("shop")
	debugtoolbar.Register(app,
		debugtoolbar.Panels(tenantPanel{}),
		debugtoolbar.Show("Tenant", "plan"), // the name shows as its type and length
	)
}

func ExampleField() {
	fmt.Println(debugtoolbar.Field{Name: "voucher", Value: "SUMMER"})
	// Output: voucher: text, 6 characters
}
