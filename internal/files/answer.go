package files

import (
	"errors"
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

// Tag returns an ETag as it stands in a header: as it is when it has quotes, W/ in front or not, and in quotes
// otherwise.
func Tag(tag string) (string, error) {
	inner, prefix := tag, ""
	if rest, weak := strings.CutPrefix(tag, `W/"`); weak {
		inner, prefix = `"`+rest, "W/"
	}
	if len(inner) >= 2 && inner[0] == '"' && inner[len(inner)-1] == '"' {
		inner = inner[1 : len(inner)-1]
	}
	for i := range len(inner) {
		if c := inner[i]; c <= ' ' || c == '"' || c == 0x7f {
			return "", errors.New("an ETag has no quotes, spaces or control characters in it; make one with hex.EncodeToString of a hash")
		}
	}
	return prefix + `"` + inner + `"`, nil
}
