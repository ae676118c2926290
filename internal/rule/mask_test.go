package rule_test

import "testing"

func TestMaskHidesVariables(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ rule, path, want string }{
		{"/reset/{token}", "/reset/secret", "/reset/{token}"},
		{"/reset/{token}/", "/reset/secret/", "/reset/{token}/"},
		{"/{user}/reset/{token}", "/ann/reset/secret", "/ann/reset/{token}"},
		{"/reset/{token:uuid}", "/reset/no-uuid", "/reset/{token}"},
		{"/files/{token:path}", "/files/a/b/c", "/files/{token}"},
		{"/a-{token}-{id:int}", "/a-secret-7", "/a-{token}-7"},
		{"/a/{token:path}/end", "/a/b/c/end", "/a/{token}/end"},
		{"/{token}.{ext}", "/secret.txt", "/{token}.txt"},
		{"/reset/{id}", "/reset/7", "/reset/7"},
		{"/reset/{token}", "/reset/secret/more", ""},
		{"/reset/{token}", "/other/secret", ""},
		{"/reset", "/reset", "/reset"},
	} {
		r := mustParse(t, tt.rule)
		if got, ok := r.Mask(tt.path, []string{"token"}); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s of %s: got %q, %t, want %q", tt.rule, tt.path, got, ok, tt.want)
		}
	}
}
