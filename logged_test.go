package dewar_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// TestRequestLoggedTellsWhatIsWritten compares what receivers get with what is in the log.
func TestRequestLoggedTellsWhatIsWritten(t *testing.T) {
	t.Parallel()
	var written, told bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == "requestID" || a.Key == "method" || a.Key == "route" || a.Key == "endpoint") {
			return slog.Attr{}
		}
		return a
	}}
	app := dewar.New("log", dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.NewTextHandler(&written, options))
	again := slog.NewTextHandler(&told, options)
	app.Get("/", func(c *dewar.Context) error {
		c.Logger().Debug("too quiet")
		c.Logger().Info("plain", "a", 1)
		c.Logger().With("b", 2).WithGroup("").Warn("with", "a", 1)
		c.Logger().WithGroup("g").With("b", 2).WithGroup("h").Error("within", "a", slog.GroupValue(slog.Int("c", 3)))
		return c.Text("done")
	})
	app.RequestLogged.Connect(func(l dewar.LogRecord) {
		if l.Context == nil || l.Context.Request.URL.Path != "/" {
			t.Errorf("the record has not the context of its request: %v", l)
		}
		if err := again.Handle(t.Context(), l.Record); err != nil {
			t.Error(err)
		}
	})
	dewartest.New(t, app).Get("/").Want(200)
	if got, want := told.String(), written.String(); got != want || strings.Count(got, "\n") != 3 {
		t.Errorf("told\n%s\nwritten\n%s", got, want)
	}
}

func TestLogRecordPrintsItsMessageAlone(t *testing.T) {
	t.Parallel()
	record := dewar.LogRecord{Record: slog.Record{Message: "saved"}}
	record.Add("password", "canary")
	if got := fmt.Sprintf("%v %+v %s", record, record, slog.AnyValue(record).Resolve()); got != "saved saved saved" {
		t.Errorf("got %q", got)
	}
}

func ExampleLogRecord() {
	app := dewar.New("shop")
	app.RequestLogged.Connect(func(l dewar.LogRecord) {
		fmt.Println(l.Level, l.Message, "by", l.Context.Endpoint())
	})
}
