package files_test

import (
	"net/http"
	"testing"

	"github.com/dewar-go/dewar/internal/files"
)

func TestRanged(t *testing.T) {
	t.Parallel()
	const none = "bytes=1000-"
	for value, want := range map[string]string{
		"": "", "bytes=0-": "bytes=0-", "bytes=0-0": "bytes=0-0", "bytes=999-": "bytes=999-", "bytes=-1": "bytes=-1", "bytes=-1000": "bytes=-1000",
		"bytes=990-2000": "bytes=990-999", "bytes=0-99999999999999999999": "bytes=0-999", "bytes=-2000": "bytes=-1000", "bytes=-99999999999999999999": "bytes=-1000",
		"BYTES=0-1": "bytes=0-1", "bytes =0-1": "bytes=0-1", "bytes= 0 - 1 ": "bytes=0-1", "bytes=007-8": "bytes=7-8",
		"bytes=-0": none, "bytes=1000-": none, "bytes=1000-1001": none, "bytes=5-2": none, "bytes=99999999999999999999-": none, "bytes=a-b": none,
		"bytes=": none, "bytes": none, "bytes=-": none, "bytes=+1-2": none, "bytes=-+5": none, "bytes=--5": none, "bytes=0x1-": none, "items=0-1": none, "=0-1": none,
		"bytes=0-1,3-4": "", "bytes=0-1,": "", "bytes=0-0,-1": "", "bytes=0-,0-,0-,0-": "",
	} {
		r := &http.Request{Header: http.Header{"Range": {value}}}
		got := files.Ranged(r, 1000)
		if got.Header.Get("Range") != want || r.Header.Get("Range") != value || files.Unranged(r).Header.Get("Range") != "" {
			t.Errorf("Ranged(%q) = %q and leaves %q, want %q", value, got.Header.Get("Range"), r.Header.Get("Range"), want)
		}
	}
	for _, value := range []string{"bytes=0-", "bytes=-1", "bytes=-0", "items=0-1"} {
		if got := files.Ranged(&http.Request{Header: http.Header{"Range": {value}}}, 0); got.Header.Get("Range") != "" {
			t.Errorf("Ranged(%q) of an empty file = %q", value, got.Header.Get("Range"))
		}
	}
}
