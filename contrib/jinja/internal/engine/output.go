package engine

import (
	"strconv"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// An output is text that is being made: that of the page, or of a part that is captured.
type output struct {
	b          []byte
	limit      int // bytes that b may have
	contextual bool
	start      escape.State // where a page of this kind begins
	place      escape.State // where in the page b ends; only if contextual
	kept       bool         // b becomes a value
	noted      []escape.Span
}

// begin makes what is written from now on go into a buffer of its own, which begins as the text of a page does. end or drop must follow.
func (st *state) begin() *output {
	outer := st.out
	o := &output{}
	if n := len(st.spare); n > 0 {
		o, st.spare = st.spare[n-1], st.spare[:n-1]
	}
	o.b, o.start, o.place = o.b[:0], outer.start, outer.start
	o.contextual, o.limit = outer.contextual, max(outer.limit-len(outer.b), 0)
	o.kept, o.noted = true, o.noted[:0]
	st.out = o
	return outer
}

// end goes back to the output that begin returned and returns what was captured.
func (st *state) end(outer *output) (capture, error) {
	c := st.out.captured()
	st.drop(outer)
	return c, st.Spend(1 + (len(c.text)+len(c.tag))/keptPerStep)
}

// drop goes back to the output that begin returned and forgets what was captured.
func (st *state) drop(outer *output) {
	if cap(st.out.b) <= maxSpare {
		st.spare = append(st.spare, st.out)
	}
	st.out = outer
}

// keptPerStep is how many bytes of captured text cost a step: templates may keep all that they capture.
const keptPerStep = 8

// maxSpare is the largest buffer that is kept for another use.
const maxSpare = 1 << 20

// full returns an error if the output is too long.
func (o *output) full() error {
	if len(o.b) > o.limit {
		return failure("OverflowError", "the page is longer than allowed; raise MaxOutput if it has to be")
	}
	return nil
}

// write appends a value, escaped for where it lands or as it is.
func (st *state) write(v any, escaped bool) error {
	o := st.out
	if !o.kept || !o.contextual {
		return st.writeTo(o, v, escaped)
	}
	from := len(o.b)
	err := st.writeTo(o, v, escaped)
	o.note(v, from)
	return err
}

func (st *state) writeTo(o *output, v any, escaped bool) error {
	if !escaped {
		return st.writeRaw(o, v)
	}
	if o.contextual && !o.place.Plain() {
		return st.writePlaced(o, v)
	}
	switch v := v.(type) {
	case string:
		o.b = value.AppendEscaped(o.b, v)
	case int:
		o.b = strconv.AppendInt(o.b, int64(v), 10)
	case nil:
		o.b = append(o.b, "None"...)
	case *value.Undefined:
		if v.Mode == value.Default {
			return nil
		}
		return st.writeEscaped(o, v)
	default:
		return st.writeEscaped(o, v)
	}
	return o.full()
}

// writeEscaped appends a value of any kind in the text of a page.
func (st *state) writeEscaped(o *output, v any) error {
	m, err := value.Escape(&st.Runtime, v)
	if err != nil {
		return err
	}
	if o.contextual {
		if o.b, o.place, err = o.place.AppendMarkup(o.b, m); err != nil {
			return err
		}
		return o.full()
	}
	o.b = append(o.b, m.Text...)
	return o.full()
}

// writePlaced appends a value somewhere else in a page.
func (st *state) writePlaced(o *output, v any) (err error) {
	if o.place.Script() {
		if v, err = st.script(v); err != nil {
			return err
		}
	}
	if m, safe := markup(v); safe {
		o.b, o.place, err = o.place.AppendMarkup(o.b, m)
	} else {
		var s string
		if s, err = value.Str(&st.Runtime, v); err != nil {
			return err
		}
		o.b, o.place, err = o.place.Append(o.b, s)
	}
	if err != nil {
		return err
	}
	return o.full()
}

// script returns what is neither text nor markup as a JavaScript value.
func (st *state) script(v any) (any, error) {
	switch v.(type) {
	case string, value.Markup, *value.Undefined:
		return v, nil
	}
	if _, safe := markup(v); safe {
		return v, nil
	}
	if s, ok := value.AsString(v); ok {
		return s, nil
	}
	args, err := st.engine.tojson.Bind(value.Args{Positional: []any{v}})
	if err != nil {
		return nil, err
	}
	return st.engine.tojson.Call(&st.Runtime, args)
}

// writeRaw appends a value as it is.
func (st *state) writeRaw(o *output, v any) error {
	switch v := v.(type) {
	case string:
		o.b = append(o.b, v...)
	case value.Markup:
		o.b = append(o.b, v.Text...)
	case int:
		o.b = strconv.AppendInt(o.b, int64(v), 10)
	default:
		s, err := value.Str(&st.Runtime, v)
		if err != nil {
			return err
		}
		o.b = append(o.b, s...)
	}
	return o.full()
}

// markup returns v as safe text, if it is.
func markup(v any) (value.Markup, bool) {
	if h, ok := v.(value.Markuper); ok {
		return h.Markup(), true
	}
	return value.AsMarkup(v)
}
