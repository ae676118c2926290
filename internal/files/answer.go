package files

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// CacheControl returns the Cache-Control that lets everybody keep a file for maxAge.
func CacheControl(maxAge time.Duration) string {
	if maxAge < time.Second {
		return "no-cache"
	}
	return "public, max-age=" + strconv.FormatInt(int64(maxAge/time.Second), 10)
}

// OneRange returns r without its Range if that asks for several: the answer would be longer than the file.
func OneRange(r *http.Request) *http.Request {
	if !strings.Contains(r.Header.Get("Range"), ",") {
		return r
	}
	whole := new(http.Request)
	*whole = *r
	whole.Header = r.Header.Clone()
	whole.Header.Del("Range")
	return whole
}
