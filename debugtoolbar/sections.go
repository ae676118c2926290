package debugtoolbar

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// sections returns the tables of a request, those of the application's own panels last.
func (t *toolbar) sections(rec *recording) []section {
	all := []section{
		{"Session", rec.session.lines(t.shown)},
		{"Query", t.valuesOf("query", query(rec.url.RawQuery))},
		{"Form", t.form(rec)},
		{"Flashes", rec.flashes()},
		{"Request header", t.header("request", rec.sent)},
		{"Response header", t.header("response", rec.answer)},
	}
	all = slices.DeleteFunc(all, func(s section) bool { return len(s.Lines) == 0 })
	return append(all, rec.panels...)
}

func (t *toolbar) header(panel string, h http.Header) []line { return t.valuesOf(panel, h) }

// valuesOf returns pairs as they may be shown, sorted.
func (t *toolbar) valuesOf(panel string, pairs map[string][]string) []line {
	var lines []line
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		for _, value := range pairs[name] {
			lines = append(lines, line{short(name), t.value(panel, name, value)})
		}
	}
	return lines
}

// query returns what of a query can be read.
func query(raw string) url.Values {
	values, _ := url.ParseQuery(raw)
	return values
}

func (rec *recording) flashes() []line {
	var lines []line
	for _, e := range rec.entries {
		if e.kind == flash {
			lines = append(lines, e.fields...)
		}
	}
	return lines
}

// form returns the fields that came in the body, as far as it is kept.
func (t *toolbar) form(rec *recording) []line {
	fields, files := rec.fields()
	lines := t.valuesOf("form", fields)
	for _, name := range files {
		lines = append(lines, line{name, "a file"})
	}
	return append(lines, t.members(rec)...)
}

// members returns the members of a JSON object in the body.
func (t *toolbar) members(rec *recording) []line {
	object, _ := rec.json().(map[string]any)
	var lines []line
	for _, name := range slices.Sorted(maps.Keys(object)) {
		lines = append(lines, line{short(name), t.value("form", name, object[name])})
	}
	return lines
}

// mediaType returns the type of the body.
func (rec *recording) mediaType() (name string, params map[string]string) {
	name, params, _ = mime.ParseMediaType(rec.sent.Get("Content-Type"))
	return name, params
}

// fields returns the fields of a form and the names of those that are files.
func (rec *recording) fields() (fields url.Values, files []string) {
	body, why := rec.body.whole()
	if why != "" || len(body) == 0 {
		return nil, nil
	}
	switch name, params := rec.mediaType(); name {
	case "application/x-www-form-urlencoded":
		return query(string(body)), nil
	case "multipart/form-data":
		return parts(multipart.NewReader(bytes.NewReader(body), params["boundary"]))
	}
	return nil, nil
}

// parts reads a multipart form as far as it can be read.
func parts(r *multipart.Reader) (fields url.Values, files []string) {
	fields = url.Values{}
	for {
		part, err := r.NextPart()
		if err != nil {
			return fields, files
		}
		if part.FileName() != "" {
			files = append(files, short(part.FormName()))
			continue
		}
		value, _ := io.ReadAll(part)
		fields.Add(part.FormName(), string(value))
	}
}

// json returns the body as JSON, or nil.
func (rec *recording) json() any {
	body, why := rec.body.whole()
	name, _ := rec.mediaType()
	if why != "" || len(body) == 0 || name != "application/json" && !strings.HasSuffix(name, "+json") {
		return nil
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	return v
}
