package syntax

import (
	"slices"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
)

// A parser makes the tree of the tokens of a lexer.
type parser struct {
	*lexer
	current token
	ahead   *token     // behind current, where somebody has looked
	tags    []token    // of the blocks that are open
	ends    [][]string // what each open body ends with
	depth   int
}

func newParser(text string, o Options, s state) *parser {
	p := &parser{lexer: newLexer(text, o, s)}
	p.advance()
	return p
}

// advance goes to the next token, and returns the one before.
func (p *parser) advance() token {
	t := p.current
	if p.ahead != nil {
		p.current, p.ahead = *p.ahead, nil
	} else {
		p.current = p.lexer.next()
	}
	return t
}

// look returns the token behind current.
func (p *parser) look() token {
	if p.ahead == nil {
		t := p.lexer.next()
		p.ahead = &t
	}
	return *p.ahead
}

// at returns where a token is.
func (p *parser) at(t token) Pos { return p.pos(t.offset) }

// fail ends parsing with an error at a token.
func (p *parser) fail(t token, format string, args ...any) {
	p.source.fail(t.offset, format, args...)
}

// skip goes on if the current token is of that kind, and reports whether it was.
func (p *parser) skip(k kind) bool {
	if p.current.kind != k {
		return false
	}
	p.advance()
	return true
}

// skipName goes on if the current token is that name, and reports whether it was.
func (p *parser) skipName(name string) bool {
	if !p.current.is(name) {
		return false
	}
	p.advance()
	return true
}

// expect goes on behind a token of that kind, which must be the current one.
func (p *parser) expect(k kind) token {
	if p.current.kind != k {
		p.unexpected(k.String())
	}
	return p.advance()
}

// expectName goes on behind that name, which must be the current token.
func (p *parser) expectName(name string) token {
	if !p.current.is(name) {
		p.unexpected(name)
	}
	return p.advance()
}

// unexpected ends parsing because something else should stand here.
func (p *parser) unexpected(expected string) {
	if p.current.kind == tokenEOF {
		p.fail(p.current, "unexpected end of template, expected '%s'%s", expected, p.begun())
	}
	p.fail(p.current, "expected token '%s', got '%s'", expected, p.current)
}

// begun names the tag that is not closed where the template ends.
func (p *parser) begun() string {
	if p.state == inText {
		return ""
	}
	return " for the tag of " + p.pos(p.tag).place()
}

// deeper is called where the tree becomes one level deeper. The caller undoes it by p.depth--.
func (p *parser) deeper() {
	p.depth++
	p.bound(p.depth)
}

// bound ends parsing where nesting is too deep.
func (p *parser) bound(depth int) {
	if depth > p.MaxDepth {
		p.fail(p.current, "the template is nested more than %d levels deep here; move a part of it into a macro, a variable or a template of its own", p.MaxDepth)
	}
}

// body reads text and tags up to one of the tags that end it, where it stops behind the beginning of the tag. Without ends it reads to the end.
func (p *parser) body(ends ...string) []Stmt {
	p.deeper()
	p.ends = append(p.ends, ends)
	var b bodyBuilder
	for !p.bodyEnds(ends) {
		switch p.current.kind {
		case tokenData:
			b.text(p.at(p.current), p.advance().text)
		case tokenVariableBegin:
			b.add(p.output())
		default:
			b.add(p.statement()...)
			p.expect(tokenBlockEnd)
		}
	}
	p.ends = p.ends[:len(p.ends)-1]
	p.depth--
	return b.statements()
}

// bodyEnds reports whether a body ends here, and goes behind the beginning of a block tag.
func (p *parser) bodyEnds(ends []string) bool {
	if p.current.kind == tokenEOF {
		if len(ends) > 0 {
			p.fail(p.current, "Unexpected end of template: %s", p.wanted())
		}
		return true
	}
	return p.skip(tokenBlockBegin) && p.current.kind == tokenName && slices.Contains(ends, p.current.text)
}

// A bodyBuilder puts statements together, and pieces of text into one.
type bodyBuilder struct {
	done    []Stmt
	pending strings.Builder
	pos     Pos // of the pending text
}

// text adds text that stands at pos.
func (b *bodyBuilder) text(pos Pos, text string) {
	if b.pending.Len() == 0 {
		b.pos = pos
	}
	b.pending.WriteString(text)
}

// add adds statements.
func (b *bodyBuilder) add(statements ...Stmt) {
	if len(statements) > 0 {
		b.done = append(b.statements(), statements...)
	}
}

// statements returns all that was put together.
func (b *bodyBuilder) statements() []Stmt {
	if b.pending.Len() > 0 {
		b.done = append(b.done, &Text{Pos: b.pos, Data: b.pending.String()})
		b.pending.Reset()
	}
	return b.done
}

// output reads {{ expression }}.
func (p *parser) output() *Output {
	begin := p.advance()
	o := &Output{Pos: p.at(begin)}
	o.Expr, o.Source = p.written(func() Expr { return p.tuple(tupleRules{}) })
	p.expect(tokenVariableEnd)
	return o
}

// written reads an expression, and returns its source besides.
func (p *parser) written(read func() Expr) (Expr, string) {
	start := p.current.offset
	e := read()
	return e, strings.TrimRightFunc(p.text[start:p.current.offset], isSpace)
}

// statement reads a block tag, and what belongs to it, up to the end of its last tag. Only print gives more than one statement, or none.
func (p *parser) statement() []Stmt {
	if p.current.kind != tokenName {
		p.fail(p.current, "tag name expected, got '%s'", p.current)
	}
	read := p.reader(p.current.text)
	if read == nil {
		p.failTag()
	}
	tag := p.advance()
	p.tags = append(p.tags, tag)
	statements := read(p.at(tag))
	p.tags = p.tags[:len(p.tags)-1]
	return statements
}

// block reads the end of a tag, the body behind it, and goes behind the name of the tag that ends it, which it returns.
func (p *parser) block(ends ...string) (body []Stmt, end token) {
	p.skip(tokenColon)
	p.expect(tokenBlockEnd)
	body = p.body(ends...)
	return body, p.advance()
}

// tagNames are the tags that begin something, for errors.
var tagNames = []string{
	"autoescape", "block", "break", "call", "continue", "do", "extends", "filter", "for", "from", "if", "import", "include", "macro", "print", "set",
	"trans", "with", "raw",
}

// failTag ends parsing because the current tag is unknown, or stands where it may not.
func (p *parser) failTag() {
	tag, expected := p.current, p.ends[len(p.ends)-1]
	message := "Encountered unknown tag '" + tag.text + "'"
	for _, ends := range p.ends {
		if slices.Contains(ends, tag.text) {
			p.fail(tag, "%s. You probably made a nesting mistake: the tag belongs to an outer block, but %s", message, p.wanted())
		}
	}
	if begins := strings.TrimPrefix(tag.text, "end"); begins != tag.text && slices.Contains(tagNames, begins) {
		message += ": no '" + begins + "' is open here"
	} else {
		message += nearest.DidYouMean(tag.text, append(slices.Clone(expected), tagNames...))
	}
	if len(p.tags) > 0 {
		message += ". Here " + p.wanted()
	}
	p.fail(tag, "%s", message)
}

// wanted says which block must be closed, by what, and where it was opened.
func (p *parser) wanted() string {
	open := p.tags[len(p.tags)-1]
	return "the innermost block that needs to be closed is the '" + open.text + "' of " + p.at(open).place() + ", by '" +
		strings.Join(p.ends[len(p.ends)-1], "' or '") + "'"
}
