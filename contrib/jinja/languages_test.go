package jinja_test

import (
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja"
)

var languageHeaders = []string{
	"", "de", "de-AT,de;q=0.9,en;q=0.8", "en;q=0.5, de", "fr", "fr;q=0.9,*;q=0.1", "*", "*;q=0.9,en;q=0.1", "en-US", "EN_us", "de;q=0", "pt-BR;q=0.4,pt;q=0.4,es",
	"en;q=0.3,de;q=0.3", "zh-Hant-TW,zh;q=0.5", " , ,de", "de;q=0,*", "de-CH;q=0,en;q=0.1",
}

const languagePage = `{{ request.accept_languages.best }} {{ request.accept_languages.best_match(['en', 'de']) }} ` +
	`{{ request.accept_languages.best_match(['de-AT', 'en_US', 'pt', 'zh'], 'x') }} {{ request.accept_languages.values()|join(',') }} {{ request.accept_languages|length }}`

func TestAcceptLanguagesAnswersAsFlask(t *testing.T) {
	t.Parallel()
	const program = `
import json, sys
from flask import Flask, render_template_string
app, job = Flask(__name__), json.load(sys.stdin)
answers = []
for header in job["headers"]:
    with app.test_request_context(headers={"Accept-Language": header} if header else {}):
        answers.append(render_template_string(job["page"]))
json.dump(answers, sys.stdout)`
	job, _ := json.Marshal(map[string]any{"headers": languageHeaders, "page": languagePage})
	python := exec.CommandContext(t.Context(), needFlask(t), "-W", "ignore", "-c", program)
	python.Stdin = strings.NewReader(string(job))
	out, err := python.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	app := newApp(t, &jinja.Renderer{}, "a.txt", languagePage)
	for i, header := range languageHeaders {
		r := httptest.NewRequest("GET", "/a.txt", nil)
		if header != "" {
			r.Header.Set("Accept-Language", header)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if got := w.Body.String(); got != want[i] {
			t.Errorf("%q: got %s, want %s", header, got, want[i])
		}
	}
}

func TestMalformedLanguagesAreLeftOut(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{}, "a.txt", "{{ request.accept_languages }}")
	for header, want := range map[string]string{"de;q=x,en": "en", "de;q=2,en": "en", "de;q=-1,en;q=0.5": "en;q=0.5", "de;q=NaN": "", ";q=1": ""} {
		r := httptest.NewRequest("GET", "/a.txt", nil)
		r.Header.Set("Accept-Language", header)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if got := w.Body.String(); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}
