package escape_test

import "testing"

// TestAttribute_Expressions has names whose value a front-end framework runs.
func TestAttribute_Expressions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"hx-on:click", "hx-on::after-request", "hx-on--click", "hx-on-click", "data-hx-on:click", "data-hx-on--click", "HX-ON:click",
		"v-on:click", "v-on:click.prevent", "v-bind:href", "v-bind:style", "v-model:title", "v-tooltip", "v-slot:item",
		"x-on:click", "x-on:click.prevent", "x-bind:src", "x-bind:class", "x-model.lazy", "x-data", "x-init",
		"on:click", "on:click|preventDefault", "on-click", "onclick", "bind:value", "bind-value",
		"@click", "@click.prevent", ":href", ":style", ":src", ":key", ".value", "#item", "*ngIf",
		"(click)", "[href]", "[(ngModel)]", "[style.color]", "[attr.src]",
		"ng-click", "ng:click", "ng_click", "ng-mouseenter", "ng-attr-href", "data-ng-click", "data-ng:click", "x-ng-click", "x:ng:click", "x-ng:click",
		"data-x-on:click", "data-v-on:click", "data-bind", "data-on:click", "_",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := page(t, `<a `+name+`="f('{{}}')">`, `');alert(1)//`)
			if want := `<a ` + name + `="f('\u0027);alert(1)//')">`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got, want := page(t, `<a `+name+`="{{}}">`, `alert(1)`), `<a `+name+`="&#34;alert(1)&#34;">`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestAttribute_Plain has names that look like those of expressions and are none.
func TestAttribute_Plain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"title", "xml:lang", "data-on", "data-on-text", "data-value", "data-video", "x-transition:enter", "x-ref", "x-cloak", "ng-app", "ng-controller",
		"ngclick", "value", "video-id", "engine", "hx-target", "hx-swap", "aria-label", "bindings", "data-x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, want := page(t, `<a `+name+`="{{}}">`, `it's`), `<a `+name+`="it&#39;s">`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
