package forms_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"testing"

	"github.com/dewar-go/dewar/forms"
)

// asked are structs with the rules of WTForms' validators as tags, by the names in testdata/record.py. Without InputRequired or DataRequired a
// field is WTForms' Optional.
var asked = map[string]func() forms.Struct{
	"DataRequired": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" required:"true"`
		})
	},
	"DataRequired of a number": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value" required:"true" noneof:"0"`
		})
	},
	"DataRequired of a box": func() forms.Struct {
		return new(struct {
			forms.Form
			Value bool `form:"value" required:"true"`
		})
	},
	"InputRequired": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" required:"true"`
		})
	},
	"InputRequired of a number": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value" required:"true"`
		})
	},
	"Optional": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value"`
		})
	},
	"Optional of a number": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value"`
		})
	},
	"Length(min=2, max=4)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" minlength:"2" maxlength:"4"`
		})
	},
	"Length(min=2)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" minlength:"2"`
		})
	},
	"Length(max=4)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" maxlength:"4"`
		})
	},
	"Length(min=4, max=4)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" minlength:"4" maxlength:"4"`
		})
	},
	"Length(min=2) alone": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" minlength:"2"`
		})
	},
	"Length(min=2) required": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" required:"true" minlength:"2"`
		})
	},
	"NumberRange(min=5, max=10)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value" min:"5" max:"10"`
		})
	},
	"NumberRange(min=5)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value" min:"5"`
		})
	},
	"NumberRange(max=5)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value" max:"5"`
		})
	},
	"NumberRange(min=5, max=10) of floats": func() forms.Struct {
		return new(struct {
			forms.Form
			Value float64 `form:"value" min:"5" max:"10"`
		})
	},
	"NumberRange(min=5) required": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value" required:"true" min:"5"`
		})
	},
	"Regexp(^a)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" pattern:"a.*"`
		})
	},
	"Regexp(^a, IGNORECASE)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" pattern:"(?i)a.*"`
		})
	},
	"Regexp(^[a-z]+$)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" pattern:"[a-z]+"`
		})
	},
	"Email": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" format:"email"`
		})
	},
	"URL": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" format:"url"`
		})
	},
	"IPAddress": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" format:"ipv4"`
		})
	},
	"IPAddress(ipv6=True)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" format:"ip"`
		})
	},
	"IPAddress(ipv4=False, ipv6=True)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" format:"ipv6"`
		})
	},
	"MacAddress": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" format:"mac"`
		})
	},
	"UUID": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" format:"uuid"`
		})
	},
	"AnyOf(a, b)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" input:"text" enum:"a,b"`
		})
	},
	"AnyOf(1, 2)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value int `form:"value" input:"number" enum:"1,2"`
		})
	},
	"NoneOf(a, b)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" noneof:"a,b"`
		})
	},
	"EqualTo(other)": func() forms.Struct {
		return new(struct {
			forms.Form
			Value string `form:"value" eqfield:"other"`
			Other string `form:"other"`
		})
	},
}

// decided are the texts that are decided differently, and why.
var decided = map[string]string{
	`InputRequired of " "`:                               "required is DataRequired of a text: spaces alone are nothing",
	"Length(min=2) alone of nothing":                     "what nobody filled in is minded by required alone, as browsers do",
	`Length(min=2) alone of ""`:                          "what nobody filled in is minded by required alone, as browsers do",
	`Regexp(^[a-z]+$) of "abc\n"`:                        "a pattern is about the whole text, as in HTML; $ of Python lets a line break through",
	`Email of "foo@bar.c"`:                               "no domain ends in one letter",
	`URL of "ftp://foobar.dk/"`:                          "a URL is one that a browser opens: http and https",
	`IPAddress(ipv6=True) of "fe80::1%eth0"`:             "a zone means something on one machine alone",
	`IPAddress(ipv4=False, ipv6=True) of "fe80::1%eth0"`: "a zone means something on one machine alone",
	`UUID of "2bc1c94f0deb43e992a14775189ec9f8"`:         "a UUID is written in one way, as RFC 9562 has it",
	`UUID of "{2bc1c94f-0deb-43e9-92a1-4775189ec9f8}"`:   "a UUID is written in one way, as RFC 9562 has it",
}

// saidOtherwise are the texts that both refuse with other words.
var saidOtherwise = map[string]string{
	`DataRequired of a number of "0"`:               "a 0 that was typed is there; noneof refuses it",
	`DataRequired of a number of "abc"`:             "it says that it is no number, not that there is none",
	`NumberRange(min=5, max=10) of floats of "nan"`: "it is no number",
	`NumberRange(min=5, max=10) of floats of "inf"`: "it is no number",
}

// TestWTFormsDecidesAlike asks fields with tags for what WTForms' own validators said of the same texts.
func TestWTFormsDecidesAlike(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/wtforms-3.0.1.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Cases []struct {
			Validator string
			Texts     []struct {
				Sent    *string
				Accepts bool
				Says    []string
			}
		}
	}
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	differs, otherwise := map[string]bool{}, map[string]bool{}
	for _, tt := range recorded.Cases {
		if asked[tt.Validator] == nil {
			t.Errorf("nothing has the rules of %s", tt.Validator)
			continue
		}
		for _, sent := range tt.Texts {
			name, body := tt.Validator+" of nothing", url.Values{"other": {"same"}}
			if sent.Sent != nil {
				name = fmt.Sprintf("%s of %q", tt.Validator, *sent.Sent)
				body.Set("value", *sent.Sent)
			}
			f := asked[tt.Validator]()
			accepts, said := verdict(t, f, body.Encode())
			if len(sent.Says) > 1 {
				sent.Says = sent.Says[:1] // WTForms goes on to ask the range of what is no number
			}
			switch {
			case accepts != sent.Accepts:
				if differs[name] = true; decided[name] == "" {
					t.Errorf("%s: got %v %q, WTForms says %v %q", name, accepts, said, sent.Accepts, sent.Says)
				}
			case !slices.Equal(said, sent.Says) && len(said)+len(sent.Says) > 0:
				if otherwise[name] = true; saidOtherwise[name] == "" {
					t.Errorf("%s: got %q, WTForms says %q", name, said, sent.Says)
				}
			}
		}
	}
	for name := range decided {
		if !differs[name] {
			t.Errorf("%s is decided as WTForms does; take it off the list", name)
		}
	}
	for name := range saidOtherwise {
		if !otherwise[name] {
			t.Errorf("%s is refused with the words of WTForms; take it off the list", name)
		}
	}
}

// verdict returns what is said of the field value of f.
func verdict(t *testing.T, f forms.Struct, body string) (bool, []string) {
	t.Helper()
	accepts := sent(t, f, body)
	return accepts, f.(interface{ Errors() map[string][]string }).Errors()["value"]
}

// TestFixedFields asks fields with readonly and disabled what WTForms 3.1 documents of ReadOnly and Disabled.
func TestFixedFields(t *testing.T) {
	t.Parallel()
	type fixed struct {
		forms.Form
		Read     string   `form:"read" readonly:"true"`
		Number   int      `form:"number" readonly:"true"`
		List     []string `form:"list" readonly:"true"`
		Disabled string   `form:"disabled" disabled:"true"`
		Free     string   `form:"free"`
	}
	for body, want := range map[string]string{
		"free=x":                    "map[]",
		"read=kept&number=7&list=a": "map[]",
		"read=changed":              "map[read:[This field cannot be edited.]]",
		"read=":                     "map[read:[This field cannot be edited.]]",
		"number=8":                  "map[number:[This field cannot be edited.]]",
		"number=x":                  "map[number:[Not a valid integer value. This field cannot be edited.]]",
		"list=a&list=b":             "map[list:[This field cannot be edited.]]",
		"disabled=off":              "map[disabled:[This field is disabled and cannot have a value.]]",
		"disabled=x":                "map[disabled:[This field is disabled and cannot have a value.]]",
	} {
		f := fixed{Read: "kept", Number: 7, List: []string{"a"}, Disabled: "off"}
		sent(t, &f, body)
		if got := fmt.Sprint(f.Errors()); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
		if f.Read != "kept" || f.Number != 7 || !slices.Equal(f.List, []string{"a"}) || f.Disabled != "off" {
			t.Errorf("%s: the fields became %q, %d, %q, %q", body, f.Read, f.Number, f.List, f.Disabled)
		}
		field, err := f.Field("read")
		if err != nil || field.HTML() != `<input id="read" name="read" readonly type="text" value="kept">` {
			t.Errorf("got %s, %v", field.HTML(), err)
		}
	}
	var f struct {
		forms.Form
		A string `form:"a" readonly:"yes please"`
	}
	if _, err := submit(t, "GET", "/", "", "", &f, nil); err == nil || err.Error() != `forms: field A of struct { forms.Form; A string "form:\"a\" readonly:\"yes please\"" } has the tag readonly:"yes please"; write readonly:"true"` {
		t.Errorf("got %v", err)
	}
}
