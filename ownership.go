package dewar

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/headers"
)

// An ownership tells whose the headers of a response are, by what the header was at the borders between them.
type ownership struct {
	kept     http.Header // what middleware and hooks have set, which survives errors and second answers
	failed   http.Header // what belongs to the error that is answered, which survives second answers
	answered http.Header // as the first answer left it, or all before the after-request hooks; nil until somebody may add to it
	hooked   bool        // answered is of the second kind
}

// setErrorHeader gives the answer to an error the error's header, which a second answer to it has too. What describes the body of the
// error stays behind, for the handler writes another: Content-Encoding would have browsers unpack plain text. Location, and
// Content-Range without a part, as 416 has it, are about no body.
func (r *Response) setErrorHeader(header http.Header) {
	header = header.Clone()
	maps.DeleteFunc(header, func(key string, values []string) bool {
		key = http.CanonicalHeaderKey(key)
		unsatisfied := key == "Content-Range" && len(values) == 1 && strings.HasPrefix(values[0], "bytes */")
		return headers.DescribesBody(key) && key != "Location" && !unsatisfied
	})
	r.c.rare().owned.failed = header
	headers.Merge(r.answerHeader(), header)
}

// keepHeader makes the header as it is now what [Response.Reset] goes back to.
func (r *Response) keepHeader() {
	header := r.w.Header()
	x := r.c.lazy.Load()
	if len(header) == 0 && (x == nil || len(x.owned.kept) == 0) {
		return
	}
	if x = r.c.rare(); !headers.Same(x.owned.kept, header) {
		x.owned.kept = header.Clone()
	}
	r.exposed = false
}

// keepAnswered remembers the header of the first answer before anything is added to it, so that a second answer
// can take away what belongs to the first.
func (r *Response) keepAnswered() {
	hooked := r.c.phase == finalizing
	if x := r.c.rare(); x.owned.answered == nil || hooked && !x.owned.hooked {
		x.owned.answered, x.owned.hooked = r.w.Header().Clone(), hooked
	}
}

// viewSet reports whether the view has set a header for the answer to come.
func (r *Response) viewSet(key string) bool {
	if !r.touched {
		return false
	}
	values, x := r.w.Header()[key], r.c.lazy.Load()
	return len(values) > 0 && (x == nil || !slices.Equal(values, x.owned.kept[key]))
}

// keepHooked adds what after-request hooks have set to what survives an error.
func (r *Response) keepHooked() {
	x := r.c.rare()
	if !x.owned.hooked {
		return
	}
	for key, values := range r.w.Header() {
		if slices.Equal(values, x.owned.answered[key]) || headers.DescribesBody(key) {
			continue
		}
		if x.owned.kept == nil {
			x.owned.kept = http.Header{}
		}
		x.owned.kept[key] = headers.Since(key, values, x.owned.answered[key], x.owned.kept[key])
	}
}

func (r *Response) dropAnswer() {
	r.dropBody()
	header, x := r.w.Header(), r.c.rare()
	if !r.restated && r.c.phase != finalizing { // a hook that makes an answer prettier does not change what it is
		r.status = x.status
	}
	r.restated, x.relayed = false, 0
	kept := http.Header{}
	maps.Copy(kept, x.owned.kept.Clone())
	headers.Merge(kept, x.owned.failed)
	fresh := maps.Clone(kept)
	for key, values := range header {
		if x.owned.answered != nil && !slices.Equal(values, x.owned.answered[key]) {
			fresh[key] = headers.Since(key, values, x.owned.answered[key], kept[key])
		}
	}
	clear(header)
	maps.Copy(header, fresh)
	r.contentType[0] = "" // may back what was just compared
	if x.owned.answered = nil; x.owned.hooked {
		x.owned.answered = x.owned.kept.Clone() // so that what hooks have set stays known as theirs
	}
}
