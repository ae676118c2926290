package dewar

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/files"
	"github.com/dewar-go/dewar/internal/headers"
)

// Conditions are what a client says about the version of a thing that it has, and the part that it wants: RFC 9110,
// sections 13 and 14. What is malformed counts as not said, but an If-Match without a tag in it fits nothing.
// [Context.NotModified] and the methods that send files do what has to be done about them. Flask has if_match,
// if_none_match, if_modified_since, if_unmodified_since, if_range and range on the request.
type Conditions struct {
	IfMatch, IfNoneMatch               ETags
	IfModifiedSince, IfUnmodifiedSince time.Time // zero when not said
	IfRange                            IfRange
	Ranges                             []ByteRange // of bytes, in the order they were asked for; nil for the whole

	reads bool // by GET or HEAD
}

// ConditionsOf returns the conditions of a request.
func ConditionsOf(r *http.Request) Conditions {
	when := func(key string) time.Time {
		t, _ := http.ParseTime(r.Header.Get(key))
		return t
	}
	k := Conditions{
		IfMatch: etagsOf(r.Header["If-Match"]), IfNoneMatch: etagsOf(r.Header["If-None-Match"]),
		IfModifiedSince: when("If-Modified-Since"), IfUnmodifiedSince: when("If-Unmodified-Since"),
		IfRange: IfRange{Date: when("If-Range")},
		Ranges:  byteRanges(r.Header.Get("Range")),
		reads:   r.Method == http.MethodGet || r.Method == http.MethodHead,
	}
	if tags := etagsOf(r.Header["If-Range"]).Tags; len(tags) == 1 {
		k.IfRange.ETag = tags[0]
	}
	return k
}

// Status returns what the conditions make of a thing with this ETag, in quotes as it stands in a header, and time of its
// last change: 304 when the client has it already, 412 when it is not the one that the client means, 0 when it is to be
// sent or changed. "" and the zero time are unknown. If-None-Match goes before If-Modified-Since, If-Match before
// If-Unmodified-Since. A thing that does not exist yet has "" and the zero time.
func (k Conditions) Status(etag string, modified time.Time) int {
	modified = modified.Truncate(time.Second)
	exists := etag != "" || !modified.IsZero()
	switch {
	case k.IfMatch.said:
		if !k.IfMatch.Has(etag) && !(k.IfMatch.Any && exists) {
			return http.StatusPreconditionFailed
		}
	case !k.IfUnmodifiedSince.IsZero() && !modified.IsZero():
		if modified.After(k.IfUnmodifiedSince) {
			return http.StatusPreconditionFailed
		}
	}
	switch {
	case k.IfNoneMatch.said:
		if !k.IfNoneMatch.HasWeak(etag) && !(k.IfNoneMatch.Any && exists) {
			return 0
		}
		if !k.reads {
			return http.StatusPreconditionFailed
		}
		return http.StatusNotModified
	case k.reads && !k.IfModifiedSince.IsZero() && !modified.IsZero() && !modified.After(k.IfModifiedSince):
		return http.StatusNotModified
	}
	return 0
}

// ETags are those of If-Match or If-None-Match.
type ETags struct {
	Any  bool     // *, any that there is
	Tags []string // as they stand in the header: "a", W/"b"

	said bool // there is a header, maybe with nothing that is a tag
}

func etagsOf(lines []string) ETags {
	tags, any := headers.Tags(lines)
	return ETags{any, tags, len(lines) > 0}
}

// Has reports whether tag, in its quotes, is one of e, compared strongly: one with W/ equals none.
func (e ETags) Has(tag string) bool {
	return !strings.HasPrefix(tag, "W/") && slices.Contains(e.Tags, tag)
}

// HasWeak reports whether tag, in its quotes, is one of e, compared weakly: W/ does not count.
func (e ETags) HasWeak(tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	return slices.ContainsFunc(e.Tags, func(t string) bool { return strings.TrimPrefix(t, "W/") == tag })
}

// IfRange is the version that the client has a part of, by ETag or by date. It is zero when the client does not say.
type IfRange struct {
	ETag string // as it stands in the header
	Date time.Time
}

// ByteRange is a part of a body. Last is the last byte that is wanted, -1 for the end; First is the first one, or below
// zero when that many bytes before the end are wanted.
type ByteRange struct{ First, Last int64 }

// Of returns where the part begins in a body of size bytes, and how long it is. ok is false when no byte of it is there.
func (b ByteRange) Of(size int64) (offset, length int64, ok bool) {
	offset = b.First
	if offset < 0 {
		offset = max(0, size+offset)
	}
	end := size
	if b.Last >= 0 && b.Last < size-1 {
		end = b.Last + 1
	}
	return offset, end - offset, offset < end
}

// maxRanges is how many ranges are read. A client that asks for more gets the whole.
const maxRanges = 100

// byteRanges reads a Range.
func byteRanges(value string) (list []ByteRange) {
	unit, set, ok := strings.Cut(value, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(unit), "bytes") || strings.Count(set, ",") >= maxRanges {
		return nil
	}
	for spec := range strings.SplitSeq(set, ",") {
		b, ok := byteRange(spec)
		if !ok {
			return nil
		}
		list = append(list, b)
	}
	return list
}

func byteRange(spec string) (b ByteRange, ok bool) {
	first, last, ok := strings.Cut(strings.TrimSpace(spec), "-")
	begin, hasBegin := files.BytePosition(first)
	end, hasEnd := files.BytePosition(last)
	switch {
	case !ok || !hasBegin && first != "" || !hasEnd && last != "" || !hasBegin && !hasEnd:
		return b, false
	case !hasBegin:
		return ByteRange{-end, -1}, end > 0
	case !hasEnd:
		return ByteRange{begin, -1}, true
	}
	return ByteRange{begin, end}, begin <= end
}

// NotModified tells the client which version this is and answers for the view if that is all there is to say: with 304
// when the client has it already, with 412 as the error when the client means another one, as If-Match says. done is
// true then, and the view returns err:
//
//	if done, err := c.NotModified(post.Version, post.Changed); done {
//		return err
//	}
//	return c.Render("post.html", dewar.Map{"post": post})
//
// etag goes into the header ETag, in quotes if it has none, and modified into Last-Modified; "" and the zero time are
// not sent. An etag with quotes, spaces or control characters inside is an error. Call it before the view changes
// anything. Flask has response.make_conditional.
func (c *Context) NotModified(etag string, modified time.Time) (done bool, err error) {
	if etag != "" {
		if etag, err = files.Tag(etag); err != nil {
			return true, fmt.Errorf("dewar: c.NotModified: %w", err)
		}
	}
	switch ConditionsOf(c.Request).Status(etag, modified) {
	case http.StatusPreconditionFailed:
		return true, Abort(http.StatusPreconditionFailed)
	case http.StatusNotModified:
		done = true
	}
	if etag != "" {
		c.Header("ETag", etag)
	}
	if !modified.IsZero() {
		c.Header("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	if done {
		return true, c.Status(http.StatusNotModified).NoContent()
	}
	return false, nil
}
