// Package sse writes server-sent events, as the HTML standard has them.
package sse

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Encode returns an event as it stands in the stream. Without ID, name, retry and data it is an empty message.
func Encode(id, name, data string, retry time.Duration) (string, error) {
	if strings.ContainsAny(id, "\r\n\x00") || strings.ContainsAny(name, "\r\n\x00") {
		return "", errors.New("dewar: the ID or name of an event has a line break or NUL in it; only Data may have several lines")
	}
	if retry < 0 {
		return "", fmt.Errorf("dewar: Retry of an event is %v; it must not be negative", retry)
	}
	var b strings.Builder
	writeField(&b, "id", id)
	writeField(&b, "event", name)
	if retry > 0 {
		writeField(&b, "retry", strconv.FormatInt(max(1, retry.Milliseconds()), 10))
	}
	if data != "" || name != "" || b.Len() == 0 {
		for line := range strings.SplitSeq(eventLines.Replace(data), "\n") {
			b.WriteString("data: " + line + "\n")
		}
	}
	b.WriteByte('\n')
	return b.String(), nil
}

// eventLines makes one kind of line break of the three that end a line in a stream.
var eventLines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func writeField(b *strings.Builder, name, value string) {
	if value != "" {
		b.WriteString(name + ": " + value + "\n")
	}
}
