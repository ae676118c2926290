package main

import (
	"net/url"
	"strings"
	"testing"
)

// testBrowsers goes through the site as a person with two devices does.
func testBrowsers(t *testing.T, l *live) {
	base := "http://" + addr(l.port)
	desk := newBrowser(t, base, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	phone := newBrowser(t, base, "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36")
	form := url.Values{"username": {"ann"}, "password": {"correct horse"}}

	desk.visit("/", nil, "/", "Log in", "Register")
	desk.visit("/sessions", nil, "/auth/login", "Log in")
	desk.visit("/auth/register", form, "/auth/login", "You are registered.")
	desk.visit("/auth/register", form, "/auth/register", "User ann is already registered.")
	desk.visit("/auth/login", url.Values{"username": {"ann"}, "password": {"wrong"}}, "/auth/login", "Incorrect username or password.")
	desk.visit("/auth/login", url.Values{"username": {"bob"}, "password": {"wrong"}}, "/auth/login", "Incorrect username or password.")
	desk.visit("/auth/login", form, "/", "Hello, ann", "Firefox on Linux")
	phone.visit("/auth/login", form, "/", "Hello, ann", "Chrome on Android")

	for range 3 {
		desk.visit("/count", url.Values{}, "/")
	}
	desk.visit("/cart", url.Values{"item": {"tea"}, "amount": {"2"}}, "/", "tea")
	desk.visit("/cart", url.Values{"item": {"<b>jam</b>"}, "amount": {"1"}}, "/", "tea", "&lt;b&gt;jam&lt;/b&gt;", `<output class="number">3</output>`)
	if page := desk.visit("/cart", url.Values{"item": {"tea"}, "amount": {"0"}}, "/"); strings.Contains(page, "<td>tea</td>") {
		t.Errorf("tea was taken out and is there: %s", page)
	}
	processes := map[string]bool{}
	for range 50 {
		_, after, _ := strings.Cut(phone.visit("/", nil, "/", `<output class="number">0</output>`), "Answered by process ")
		pid, _, _ := strings.Cut(after, ",")
		processes[pid] = true
	}
	if len(processes) != 2 {
		t.Errorf("got answers of the processes %v, want two", processes)
	}

	list := phone.visit("/sessions", nil, "/sessions", "Firefox on Linux", "Chrome on Android", "this one", "127.0.0.1")
	if strings.Contains(list, "6.6.6.6") {
		t.Error("an address that a visitor has made up is believed")
	}
	phone.visit("/sessions/end-others", url.Values{}, "/sessions", "Logged out on 1 other devices.", "Chrome on Android")
	desk.visit("/", nil, "/", "Log in", "Register")
	desk.visit("/sessions", nil, "/auth/login", "Log in")

	desk.visit("/auth/login", form, "/", "Hello, ann", `<output class="number">0</output>`)
	list = phone.visit("/sessions", nil, "/sessions", "Firefox on Linux")
	_, after, _ := strings.Cut(list, `action="/sessions/`)
	id, _, _ := strings.Cut(after, "/")
	other := newBrowser(t, base, "curl/8.0")
	other.visit("/auth/register", url.Values{"username": {"eve"}, "password": {"x"}}, "/auth/login")
	other.visit("/auth/login", url.Values{"username": {"eve"}, "password": {"x"}}, "/", "Hello, eve")
	other.visit("/sessions/"+id+"/end", url.Values{}, "/sessions", "That session had ended already.") // for eve there is none
	desk.visit("/", nil, "/", "Hello, ann")
	phone.visit("/sessions/"+id+"/end", url.Values{}, "/sessions", "Logged out there.")
	desk.visit("/", nil, "/", "Register")
	phone.visit("/auth/logout", url.Values{}, "/", "Register")
}
