package flasksession_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/flasksession"
)

// A recording is what testdata/record.py has recorded of Flask-Session.
type recording struct {
	Versions map[string]string
	Sessions []recorded
	Refused  []struct {
		Name, Format string
		Status, Keys int
	}
	Life []struct {
		Path, SetCookie, Vary string
		Keys                  []string
	}
	Pickles []struct{ Name, Blob string }
}

type recorded struct {
	Name, Format, Key, Cookie, SetCookie string
	Signer                               bool
	Config                               dewar.Map
	TTL                                  int
	Blob                                 string
	Values                               map[string]string
}

func (r *recorded) blob(t *testing.T) []byte {
	t.Helper()
	return fromBase64(t, r.Blob)
}

func fromBase64(t *testing.T, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// config is the configuration of the Flask application.
func (r *recorded) config() dewar.Map {
	m := dewar.Map{"SECRET_KEY": "dev", "SESSION_SERIALIZATION_FORMAT": r.Format, "SESSION_USE_SIGNER": r.Signer}
	for key, value := range r.Config {
		if key == "PERMANENT_SESSION_LIFETIME" {
			value = time.Duration(value.(float64)) * time.Second
		}
		m[key] = value
	}
	return m
}

func load(t *testing.T) *recording {
	t.Helper()
	data, err := os.ReadFile("testdata/recorded.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.Versions["Flask-Session"] != "0.8.0" || len(r.Sessions) < 60 {
		t.Fatalf("recorded.json has %d sessions of Flask-Session %s", len(r.Sessions), r.Versions["Flask-Session"])
	}
	return &r
}

// each runs a test for each recorded session.
func each(t *testing.T, test func(t *testing.T, r *recorded, b flasksession.Blob)) {
	t.Parallel()
	for _, r := range load(t).Sessions {
		t.Run(r.Name+" "+r.Format, func(t *testing.T) {
			t.Parallel()
			b, err := flasksession.Parse(r.blob(t))
			if err != nil {
				t.Fatal(err)
			}
			test(t, &r, b)
		})
	}
}

// unseen are the recorded values that a session cannot keep.
var unseen = map[string][]string{"floats that are not finite msgpack": {"inf", "nan", "ninf"}}

func TestRecordedValuesAreRead(t *testing.T) {
	each(t, func(t *testing.T, r *recorded, b flasksession.Blob) {
		got, lost, err := b.Tagged()
		if err != nil {
			t.Fatal(err)
		}
		want := maps.Clone(r.Values)
		for _, key := range unseen[r.Name+" "+r.Format] {
			delete(want, key)
		}
		if !maps.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		if keys := slices.Sorted(maps.Keys(lost)); !slices.Equal(keys, unseen[r.Name+" "+r.Format]) {
			t.Errorf("lost %q, want %q", keys, unseen[r.Name+" "+r.Format])
		}
	})
}

// TestRecordedValuesAreWritten has values written as if they were new: they get the bytes that msgspec gives them, but for
// what a session does not know of them.
func TestRecordedValuesAreWritten(t *testing.T) {
	another := map[string][]string{
		"datetimes msgpack":       {"aware", "offset"}, // microseconds
		"datetime inside msgpack": {"visit"},
		"integer keys msgpack":    {"cart"},
		"mappings msgpack":        {"sixteen"}, // the order of keys
	}
	each(t, func(t *testing.T, r *recorded, b flasksession.Blob) {
		values, _, _ := b.Tagged()
		for key, raw := range b.Raw() {
			if _, seen := values[key]; !seen {
				continue
			}
			got, err := b.Written(key)
			if err != nil {
				t.Fatal(err)
			}
			if same := got == raw || r.Format == "json" && sameJSON(t, got, raw); same == slices.Contains(another[r.Name+" "+r.Format], key) {
				t.Errorf("%q: got %x, recorded %x", key, got, raw)
			}
		}
	})
}

// sameJSON reports whether two texts mean the same to Python: keys may be in another order, escapes spelt otherwise.
func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return string(p) == string(q) && strings.Contains(a, ".") == strings.Contains(b, ".")
}

func TestUntouchedValuesStayByteForByte(t *testing.T) {
	each(t, func(t *testing.T, r *recorded, b flasksession.Blob) {
		data, err := b.After(func(s *dewar.Session) { s.Set("added", "by Go"); s.Set("again", 7) })
		if err != nil {
			t.Fatal(err)
		}
		next, err := flasksession.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		got := next.Raw()
		for key, raw := range b.Raw() {
			if got[key] != raw {
				t.Errorf("%q: got %x, want %x", key, got[key], raw)
			}
			delete(got, key)
		}
		if len(got) != 2 || !strings.Contains(got["added"], "by Go") {
			t.Errorf("got %q beside what was there", got)
		}
	})
}

// TestSettingWhatIsThereChangesNothing sets every value to what it was.
func TestSettingWhatIsThereChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *recorded, b flasksession.Blob) {
		data, err := b.After(func(s *dewar.Session) {
			for key, value := range s.All() {
				s.Set(key, value)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := string(r.blob(t)); string(data) != want && !(r.Name == "text" && r.Format == "json") {
			t.Errorf("got  %x\nwant %x", data, want)
		}
	})
}

func TestCookiesAreRead(t *testing.T) {
	each(t, func(t *testing.T, r *recorded, b flasksession.Blob) {
		s := settings(t, r.config())
		prefix := "session:"
		if p, ok := r.Config["SESSION_KEY_PREFIX"].(string); ok {
			prefix = p
		}
		id := s.ID(r.Cookie)
		if got := prefix + id; got != r.Key {
			t.Errorf("got key %q, want %q", got, r.Key)
		}
		if got := s.Cookie(id); got != r.Cookie {
			t.Errorf("got cookie %q, want %q", got, r.Cookie)
		}
		if r.Signer && s.ID(id) != "" {
			t.Error("an id without a signature was taken")
		}
	})
}

// A capture is a SessionInterface that keeps the configuration which it is asked to check.
type capture struct {
	flasksession.SessionInterface
	config *dewar.Values
}

func (c *capture) CheckConfig(config *dewar.Values) error {
	c.config = config
	return nil
}

// settings returns what follows from a configuration.
func settings(t *testing.T, config dewar.Map) flasksession.Settings {
	t.Helper()
	app, captured := dewar.New("settings"), &capture{}
	app.SessionInterface = captured
	if err := errors.Join(app.Config.Set("TESTING", true), app.Config.FromMapping(config)); err != nil {
		t.Fatal(err)
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	s, err := flasksession.Derive(captured.config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPicklesAreRefused(t *testing.T) {
	t.Parallel()
	for _, p := range load(t).Pickles {
		want := flasksession.ErrPickle
		if p.Name == "protocol 0" || p.Name == "protocol 1" { // Flask-Session has never written those
			want = flasksession.ErrUnreadable
		}
		if _, err := flasksession.Parse(fromBase64(t, p.Blob)); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", p.Name, err, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, data string
		err        error
	}{
		{"empty mapping", "\x80", nil},
		{"empty object", "{}", nil},
		{"object with white space", " {\n\"a\" : 1 , \"b\":[ ] }\n", nil},
		{"nothing", "", flasksession.ErrUnreadable},
		{"text", "hello", flasksession.ErrUnreadable},
		{"a list", "\x91\x01", flasksession.ErrUnreadable},
		{"a JSON list", "[1]", flasksession.ErrUnreadable},
		{"cut off", "\x82\xa1a\x01\xa1b", flasksession.ErrUnreadable},
		{"more than there is", "\xdf\xff\xff\xff\xff\xa1a\x01", flasksession.ErrUnreadable},
		{"something behind", "\x81\xa1a\x01\x01", flasksession.ErrUnreadable},
		{"a key twice", "\x82\xa1a\x01\xa1a\x02", flasksession.ErrUnreadable},
		{"a JSON key twice", `{"a":1,"a":2}`, flasksession.ErrUnreadable},
		{"JSON that is not UTF-8", "{\"a\":\"\xff\"}", flasksession.ErrUnreadable},
		{"JSON cut off", `{"a":1`, flasksession.ErrUnreadable},
		{"two JSON objects", `{}{}`, flasksession.ErrUnreadable},
	} {
		if _, err := flasksession.Parse([]byte(tt.data)); !errors.Is(err, tt.err) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.err)
		}
	}
}

// deep returns a list in lists, in MessagePack.
func deep(n int) string { return strings.Repeat("\x91", n) + "\x90" }

func TestValuesThatASessionCannotKeepStay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, raw string }{
		{"NaN", "\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"},
		{"NaN inside", "\x81\xa1n\x91\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"},
		{"text that is not UTF-8", "\xa1\xff"},
		{"another extension", "\xd6\x07abcd"},
		{"an extension that msgp takes for a time", "\xc7\x0c\x05\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02"},
		{"a complex number of msgp", "\xd7\x03\x00\x00\x00\x00\x00\x00\x00\x01"},
		{"keys of several kinds", "\x82\x01\x02\xa11\x03"},
		{"keys that are lists", "\x81\x91\x01\x02"},
		{"keys that are None", "\x81\xc0\x02"},
		{"nested 65 deep", deep(64)},
		{"nested 500 deep", deep(500)},
		{"a year after 9999", "\xc7\x0c\xff\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := flasksession.Parse([]byte("\x83\xa1a\x01\xa3odd" + tt.raw + "\xa1z\xa1!"))
			if err != nil {
				t.Fatal(err)
			}
			values, lost, err := b.Tagged()
			if err != nil || values["a"] != "1" || values["z"] != `"!"` || len(values) != 2 || lost["odd"] == nil {
				t.Fatalf("got %q, lost %v, %v", values, lost, err)
			}
			data, err := b.After(func(s *dewar.Session) { s.Set("a", 2); s.Delete("z"); s.Set("b", nil) })
			if want := "\x83\xa1a\x02\xa3odd" + tt.raw + "\xa1b\xc0"; err != nil || string(data) != want {
				t.Errorf("got %x, %v, want %x", data, err, want)
			}
			data, err = b.After(func(s *dewar.Session) { s.Set("odd", true) })
			if want := "\x83\xa1a\x01\xa1z\xa1!\xa3odd\xc3"; err != nil || string(data) != want {
				t.Errorf("Set: got %x, %v, want %x", data, err, want)
			}
			data, err = b.After(func(s *dewar.Session) { s.Clear(); s.Set("b", 1) })
			if want := "\x81\xa1b\x01"; err != nil || string(data) != want {
				t.Errorf("Clear: got %x, %v, want %x", data, err, want)
			}
		})
	}
}

func TestKeysOfASessionThatAreNoTextStay(t *testing.T) {
	t.Parallel()
	b, err := flasksession.Parse([]byte("\x82\x07\x01\xa1a\x01"))
	if err != nil {
		t.Fatal(err)
	}
	if values, lost, _ := b.Tagged(); len(values) != 1 || len(lost) != 1 {
		t.Errorf("got %q, lost %v", values, lost)
	}
	data, err := b.After(func(s *dewar.Session) { s.Set("a", 2) })
	if want := "\x82\x07\x01\xa1a\x02"; err != nil || string(data) != want {
		t.Errorf("got %x, %v, want %x", data, err, want)
	}
}

// TestWhatIsBesideAChangeStays changes one member of a mapping, next to what a session does not know to the full.
func TestWhatIsBesideAChangeStays(t *testing.T) {
	t.Parallel()
	const micros = "\xd7\xff\xd4\x3c\xb4\x6c\x69\xa7\xbd\xbf" // 2026-03-04T05:06:07.890123Z
	for _, tt := range []struct {
		name, before, after string
		change              func(m map[string]any)
	}{
		{"the microseconds of a time", "\x82\xa2at" + micros + "\xa1n\x01", "\x82\xa2at" + micros + "\xa1n\x02",
			func(m map[string]any) { m["n"] = 2 }},
		{"a float of four bytes", "\x82\xa1f\xca\x3f\xc0\x00\x00\xa1n\x01", "\x81\xa1f\xca\x3f\xc0\x00\x00",
			func(m map[string]any) { delete(m, "n") }},
		{"keys that are integers", "\x82\x11\x01\x03\x02", "\x83\x11\x05\x03\x02\xcc\xc8\x09",
			func(m map[string]any) { m["17"] = 5; m["200"] = 9 }},
		{"a key that is no integer among some that are", "\x81\x11\x01", "\x82\x11\x01\xa201\x02",
			func(m map[string]any) { m["01"] = 2 }},
		{"keys of both kinds", "\x82\x11\x01\xa1a\x02", "\x83\x11\x01\xa1a\x02\xa15\x03",
			func(m map[string]any) { m["5"] = 3 }},
		{"elements of a list", "\x81\xa1l\x92" + micros + "\x01", "\x81\xa1l\x93" + micros + "\x02\x03",
			func(m map[string]any) { l := m["l"].([]any); l[1] = 2; m["l"] = append(l, 3) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := flasksession.Parse([]byte("\x81\xa1m" + tt.before))
			if err != nil {
				t.Fatal(err)
			}
			data, err := b.After(func(s *dewar.Session) { tt.change(s.Map("m")) })
			if want := "\x81\xa1m" + tt.after; err != nil || string(data) != want {
				t.Errorf("got  %x, %v\nwant %x", data, err, want)
			}
		})
	}
}

func TestGoValuesAreWritten(t *testing.T) {
	t.Parallel()
	moment := time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)
	for _, tt := range []struct {
		name          string
		value         any
		msgpack, json string
	}{
		{"tuple", dewar.Tuple{1, "a"}, "\x92\x01\xa1a", `[1,"a"]`},
		{"UUID", dewar.UUID{15: 5}, "\xd9\x2400000000-0000-0000-0000-000000000005", `"00000000-0000-0000-0000-000000000005"`},
		{"bytes", []byte("abc"), "\xc4\x03abc", `"YWJj"`},
		{"time", moment, "\xd6\xff\x69\xa7\xbd\xbf", `"2026-03-04T05:06:07Z"`},
		{"float without a fraction", 3.0, "\xcb\x40\x08\x00\x00\x00\x00\x00\x00", `3.0`},
		{"large float", 1e22, "\xcb\x44\x80\xf0\xcf\x06\x4d\xd5\x92", `1e+22`},
		{"duration", 90 * time.Second, "\xa51m30s", `"1m30s"`},
		{"uint64", uint64(math.MaxUint64), "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", `18446744073709551615`},
		{"struct", struct{ A, B int }{1, 2}, "\x82\xa1A\x01\xa1B\x02", `{"A":1,"B":2}`},
		{"text for HTML", "<&>\u2028\x00", "\xa7<&>\xe2\x80\xa8\x00", "\"<&>\\u2028\\u0000\""},
	} {
		for data, want := range map[string]string{"\x80": "\x81\xa1v" + tt.msgpack, "{}": `{"v":` + tt.json + "}"} {
			b, err := flasksession.Parse([]byte(data))
			if err != nil {
				t.Fatal(err)
			}
			got, err := b.After(func(s *dewar.Session) { s.Set("v", tt.value) })
			if err != nil || string(got) != want {
				t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, want)
			}
		}
	}
}

func TestIntegersBeyond64BitsAreAnErrorInMsgpack(t *testing.T) {
	t.Parallel()
	huge := json.Number("18446744073709551616")
	b, _ := flasksession.Parse([]byte("\x80"))
	if _, err := b.After(func(s *dewar.Session) { s.Set("v", huge) }); err == nil || !strings.Contains(err.Error(), `"v"`) || !strings.Contains(err.Error(), "store it as text") {
		t.Errorf("got %v", err)
	}
	b, _ = flasksession.Parse([]byte("{}"))
	if got, err := b.After(func(s *dewar.Session) { s.Set("v", huge) }); err != nil || string(got) != `{"v":18446744073709551616}` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	s := settings(t, dewar.Map{})
	id := strings.Repeat("A", 43)
	for _, tt := range []struct {
		name, cookie string
		ok           bool
	}{
		{"43 characters", id, true},
		{"a UUID of before 0.6", "f47ac10b-58cc-4372-a567-0e02b2c3d479", true},
		{"a UUID that is not random", "f47ac10b-58cc-1372-a567-0e02b2c3d479", false},
		{"a UUID in upper case", "F47AC10B-58CC-4372-A567-0E02B2C3D479", false},
		{"nothing", "", false},
		{"short", id[1:], false},
		{"long", id + "A", false},
		{"spare bits", id[1:] + "B", false},
		{"standard base64", id[1:] + "+", false},
		{"a line break", id[1:] + "\n", false},
		{"a key of something else", "x\r\nSET a b", false},
		{"signed", id + ".AAAAAAAAAAAAAAAAAAAAAAAAAAA", false},
	} {
		if got := s.ID(tt.cookie); (got != "") != tt.ok {
			t.Errorf("%s: got %q", tt.name, got)
		}
	}
}

func TestSignaturesOfIDs(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("A", 43)
	signing := dewar.Map{"SECRET_KEY": "new key of the tests", "SECRET_KEY_FALLBACKS": []string{"old key of the tests"}, "SESSION_USE_SIGNER": true}
	s := settings(t, signing)
	old := settings(t, dewar.Map{"SECRET_KEY": "old key of the tests", "SESSION_USE_SIGNER": true})
	other := settings(t, dewar.Map{"SECRET_KEY": "another key of the tests", "SESSION_USE_SIGNER": true})
	for _, tt := range []struct {
		name, cookie string
		ok           bool
	}{
		{"by the key", s.Cookie(id), true},
		{"by an old key", old.Cookie(id), true},
		{"by another key", other.Cookie(id), false},
		{"of another id", "B" + s.Cookie(id)[1:], false},
		{"cut off", s.Cookie(id)[:60], false},
		{"with more behind", s.Cookie(id) + "A", false},
		{"of no id", s.Cookie("../x"), false},
	} {
		if got := s.ID(tt.cookie); (got != "") != tt.ok {
			t.Errorf("%s: got %q", tt.name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"\x80", "{}", `{"a":[1,{"b":null}],"c":1.5}`, "\x82\xa1a\x01\xa1b\x92\xc3\xa1x", "\x81\xa1m\x82\x01\x02\x03\xd6\xff\x00\x00\x00\x01", "\x80\x04\x95"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := flasksession.Parse(data)
		if err != nil {
			return
		}
		values, _, err := b.Tagged()
		if err != nil {
			t.Fatal(err)
		}
		before := b.Raw()
		after, err := b.After(func(s *dewar.Session) {
			for key, value := range s.All() {
				s.Set(key, value)
			}
			s.Set("added by Go", 1)
		})
		if err != nil { // an integer of more than 64 bits in JSON can be written back, in MessagePack it cannot be read
			t.Fatal(err)
		}
		next, err := flasksession.Parse(after)
		if err != nil {
			t.Fatalf("%q became %q: %v", data, after, err)
		}
		again, _, err := next.Tagged()
		if err != nil {
			t.Fatal(err)
		}
		delete(values, "added by Go")
		delete(again, "added by Go")
		if !maps.Equal(values, again) || len(next.Raw()) < len(before) {
			t.Errorf("%q became %q", values, again)
		}
	})
}
