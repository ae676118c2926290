package dewar_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

func ExampleContext_SafeNext() {
	app := dewar.New("example")
	app.Post("/login", func(c *dewar.Context) error {
		// the user is known by now
		return c.Redirect(c.SafeNext(c.Query().String("next"), "/"))
	})
	for _, next := range []string{"/posts/7", "//evil.example/", "http://example.com/posts/7"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("POST", "/login?next="+next, nil))
		fmt.Println(w.Header().Get("Location"))
	}
	// Output:
	// /posts/7
	// /
	// /posts/7
}

func ExampleSecureFilename() {
	fmt.Println(dewar.SecureFilename("My cool movie.mov"))
	fmt.Println(dewar.SecureFilename("../../../etc/passwd"))
	fmt.Println(dewar.SecureFilename("Übersicht.pdf"))
	fmt.Printf("%q\n", dewar.SecureFilename("日本"))
	// Output:
	// My_cool_movie.mov
	// etc_passwd
	// Ubersicht.pdf
	// ""
}

func ExampleSafeJoin() {
	for _, name := range []string{"2026/report.pdf", "../secret.txt"} {
		path, ok := dewar.SafeJoin("reports", name)
		fmt.Printf("%q %t\n", filepath.ToSlash(path), ok)
	}
	// Output:
	// "reports/2026/report.pdf" true
	// "" false
}

func ExampleSaveUpload() {
	dir, err := os.MkdirTemp("", "uploads")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	app := dewar.New("example")
	app.Post("/upload", func(c *dewar.Context) error {
		file, err := c.File("photo")
		if err != nil {
			return err
		}
		path, err := dewar.SaveUpload(file, dir, dewar.MaxFileSize(1<<20))
		if err != nil {
			return err
		}
		return c.Status(201).Text("saved as " + filepath.Base(path))
	})

	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile("photo", "my cat.jpg")
	fmt.Fprint(part, "meow")
	form.Close()
	r := httptest.NewRequest("POST", "/upload", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output: 201 saved as my_cat.jpg
}

func ExampleContext_SetCookie() {
	app := dewar.New("example")
	app.Get("/greet", func(c *dewar.Context) error {
		if err := c.SetCookie(&http.Cookie{Name: "greeting", Value: "grüße; \"you\"", HttpOnly: true}); err != nil {
			return err
		}
		return c.Text("hello")
	})
	app.Get("/forget", func(c *dewar.Context) error {
		if err := c.DeleteCookie(&http.Cookie{Name: "greeting", HttpOnly: true}); err != nil {
			return err
		}
		return c.Text("bye")
	})
	app.AfterRequest(func(c *dewar.Context) error {
		fmt.Println(c.Response.Header().Get("Set-Cookie"))
		return nil
	})
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/greet", nil))
	app.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/forget", nil))
	// Output:
	// greeting="gr\303\274\303\237e\073 \"you\""; Path=/; HttpOnly
	// greeting=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly
}

func ExampleTemplateGlobal() {
	visitor := dewar.NewKey[string]("visitor")
	app := dewar.New("hello", dewar.FS(fstest.MapFS{"templates/page.txt": {Data: []byte("Hello, {{visitor}}!")}}))
	app.TemplateFunc("visitor", dewar.TemplateGlobal(func(c *dewar.Context) (any, error) {
		if name, ok := visitor.Lookup(c); ok {
			return name, nil
		}
		return "whoever you are", nil
	}))
	text, err := app.RenderString(context.Background(), "page.txt", nil)
	fmt.Println(text, err)
	// Output: Hello, whoever you are! <nil>
}

func ExampleSignal_Send() {
	var mailSent dewar.Signal[string] // a field of a type of yours
	mailSent.Connect(func(to string) { fmt.Println("sent to", to) })
	mailSent.Send("ann@example.com")
	// Output: sent to ann@example.com
}
