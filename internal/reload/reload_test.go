package reload_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/reload"
)

func TestInsert(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, page, want string }{
		{"before the end of the body", "<html><body>x</body></html>", "<html><body>x@</body></html>"},
		{"in capitals", "<BODY>x</BODY >", "<BODY>x@</BODY >"},
		{"before the last end", "<body><pre></body></pre></body>", "<body><pre></body></pre>@</body>"},
		{"at the end of a document", "\ufeff \n<!DocType html><p>x", "\ufeff \n<!DocType html><p>x@"},
		{"not twice", "<body>@</body>", ""},
		{"not into a part", "<p>x</p>", ""},
		{"not into nothing", "", ""},
		{"not against a policy in the page", `<meta http-equiv="content-security-policy"><body></body>`, ""},
		{"behind text that is no UTF-8", "<body>\xff</body>", "<body>\xff@</body>"},
		{"behind letters that are longer in lower case", "<body>Ⱥ</body>", "<body>Ⱥ@</body>"},
	} {
		got, ok := reload.Insert([]byte(tt.page), "@")
		want := tt.want
		if want == "" {
			want = tt.page
		}
		if string(got) != want || ok != (tt.want != "") {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, ok, want)
		}
	}
}

func FuzzInsert(f *testing.F) {
	f.Add("<html><body>x</body></html>")
	f.Add("<!doctype html>\xff")
	f.Fuzz(func(t *testing.T, page string) {
		got, ok := reload.Insert([]byte(page), "<script></script>")
		if want := len(page) + len("<script></script>"); ok && len(got) != want || !ok && string(got) != page {
			t.Errorf("got %q of %q", got, page)
		}
	})
}

func TestHub(t *testing.T) {
	t.Parallel()
	hub := reload.NewHub()
	start, events, leave := hub.Join()
	if start.Name != "start" || start.ID == "" {
		t.Errorf("a page begins with %+v", start)
	}
	hub.Tell("css")
	first := <-events
	if first.Name != "css" || first.ID == start.ID {
		t.Errorf("got %+v after %+v", first, start)
	}
	again, _, leaveAgain := hub.Join()
	leaveAgain()
	if again.ID != first.ID {
		t.Errorf("a page that comes now has the ID %s, want %s", again.ID, first.ID)
	}
	for range 100 {
		hub.Tell("reload") // a page that does not keep up stops nobody
	}
	leave()
	hub.Tell("css")
	if other, _, _ := reload.NewHub().Join(); other.ID == start.ID {
		t.Error("two processes have the same ID")
	}
}

// TestScript_KnowsTheStateWhenItWasSent covers the time until the page has opened its stream.
func TestScript_KnowsTheStateWhenItWasSent(t *testing.T) {
	t.Parallel()
	h := reload.NewHub()
	sent := h.Script()
	start, _, leave := h.Join()
	leave()
	if want := `let seen = "` + start.ID + `"`; !strings.Contains(sent, want) {
		t.Errorf("the script lacks %s:\n%s", want, sent)
	}
	h.Tell("css")
	start, _, leave = h.Join()
	leave()
	if strings.Contains(sent, start.ID) || !strings.Contains(h.Script(), start.ID) {
		t.Errorf("after a change the stream begins with %s, which the old script must not know, and the next one must", start.ID)
	}
}
