package dewar

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar/internal/accept"
	"github.com/dewar-go/dewar/internal/headers"
)

// Accepts returns the one of the offered media types that the client likes best, or "" when it wants none of them: the
// one with the highest quality, then the one that the client names most closely (text/html before text/* before */*),
// then the first. Without an Accept header it is the first offer. An answer that depends on it has to say Vary: Accept,
// as that of [Context.Negotiate] does. Flask has request.accept_mimetypes.best_match.
func (c *Context) Accepts(offers ...string) string {
	return accept.Media(c.Request.Header.Values("Accept"), offers)
}

// AcceptsLanguages returns the one of the offered languages, such as "en" or "pt-BR", that the client likes best, or ""
// when it wants none of them. A client of en-GB takes en, and one of en takes en-GB, when nothing fits better. Without an
// Accept-Language header it is the first offer. contrib/i18n picks the language of a whole site. Flask has
// request.accept_languages.best_match.
func (c *Context) AcceptsLanguages(offers ...string) string {
	return accept.Language(c.Request.Header.Values("Accept-Language"), offers)
}

// AcceptsEncodings returns the one of the offered content codings, such as "br", "gzip" or "identity", that the client
// likes best, or "" when it takes none of them. identity, which is no coding, is taken by every client that does not
// refuse it; one that sends no Accept-Encoding header takes nothing else. Flask has request.accept_encodings.best_match.
func (c *Context) AcceptsEncodings(offers ...string) string {
	return accept.Encoding(c.Request.Header.Values("Accept-Encoding"), offers)
}

// AcceptsCharsets returns the one of the offered charsets, such as "utf-8", that the client likes best, or "" when it
// wants none of them. Without an Accept-Charset header, which browsers do not send, it is the first offer. Flask has
// request.accept_charsets.best_match.
func (c *Context) AcceptsCharsets(offers ...string) string {
	return accept.Charset(c.Request.Header.Values("Accept-Charset"), offers)
}

// Offer is a form that an answer can have, for [Context.Negotiate]. [OfferPage] and [OfferJSON] make the usual two.
type Offer struct {
	// Type is the media type, such as "text/csv".
	Type string
	// Answer answers in this form. The answer's Content-Type is Type, whatever the answering method, unless Answer sets
	// the header itself.
	Answer Handler

	typed bool // Answer knows the type better
}

// OfferPage offers an HTML page, as [Context.Render] makes it.
func OfferPage(name string, data Map) Offer {
	return Offer{"text/html", func(c *Context) error { return c.Render(name, data) }, true}
}

// OfferJSON offers v as [Context.JSON] sends it.
func OfferJSON(v any) Offer {
	return Offer{"application/json", func(c *Context) error { return c.JSON(v) }, true}
}

// Negotiate answers in the form that the client likes best, as [Context.Accepts] chooses it, so that one view serves a
// page and an API:
//
//	return c.Negotiate(dewar.OfferPage("post.html", dewar.Map{"post": post}), dewar.OfferJSON(post))
//
// The first offer is for clients that take anything. Vary: Accept is set, so that no cache mixes them up. A client that
// takes none of them gets a 406 that names them. It panics without an offer, and if one has no Answer.
func (c *Context) Negotiate(offers ...Offer) error {
	types := offeredTypes(offers)
	best := c.Accepts(types...)
	if best == "" {
		header := http.Header{"Vary": {"Accept"}}
		return &HTTPError{Code: http.StatusNotAcceptable, Message: "This can be had as " + strings.Join(types, ", ") + ".", Header: header}
	}
	headers.AddVary(c.response.header(), []string{"Accept"})
	for _, offer := range offers {
		if offer.Type != best {
			continue
		}
		if !offer.typed {
			c.Header("Content-Type", offer.Type)
		}
		return offer.Answer(c)
	}
	return nil // best is one of them
}

// offeredTypes returns the types of offers that can be given.
func offeredTypes(offers []Offer) []string {
	if len(offers) == 0 {
		panic("dewar: c.Negotiate() offers nothing; pass dewar.OfferPage, dewar.OfferJSON or an Offer of your own")
	}
	types := make([]string, len(offers))
	for i, offer := range offers {
		if offer.Answer == nil || !strings.Contains(offer.Type, "/") {
			panic(fmt.Sprintf("dewar: c.Negotiate: the offer of type %q needs a Type such as text/csv and an Answer", offer.Type))
		}
		types[i] = offer.Type
	}
	return types
}
