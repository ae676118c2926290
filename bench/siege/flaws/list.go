package flaws

// All are the faults that the siege has to find.
var All = []Flaw{
	{
		Name: "a Context is used again for the next request", Promise: "Requests do not mix", Attacks: []string{"latecomers"},
		Changes: []Change{
			{"dispatch.go", "func (rt *runtime) serve(w http.ResponseWriter, r *http.Request) {\n\tc := newContext(rt, w, r)\n",
				"var usedContexts = make(chan *Context, 64)\n\n" +
					"func (rt *runtime) serve(w http.ResponseWriter, r *http.Request) {\n\tc := newContext(rt, w, r)\n" +
					"\tselect {\n\tcase used := <-usedContexts:\n\t\t*used = *c\n\t\tused.Response, used.response.c, c = &used.response, used, used\n\tdefault:\n\t}\n" +
					"\tdefer func() {\n\t\tselect {\n\t\tcase usedContexts <- c:\n\t\tdefault:\n\t\t}\n\t}()\n"},
		},
	},
	{
		Name: "the session of a page that is flushed is not saved", Promise: "Sessions fail closed", Attacks: []string{"streams"},
		Changes: []Change{{"dispatch.go", "if rs := c.closeSession(); rs != nil {\n\t\tif err := rs.save(c)", "if rs := c.closeSession(); rs != nil && !c.rare().early {\n\t\tif err := rs.save(c)"}},
	},
	{
		Name: "a session that cannot be opened is an empty one", Promise: "Sessions fail closed", Attacks: []string{"hanging-store"},
		Changes: []Change{{"request_session.go", "\tcase err != nil:\n\t\treturn failedSession(unavailable(\"open\", err))", "\tcase err != nil:\n\t\treturn NewSession()"}},
	},
	{
		Name: "pages with a session have no Vary", Promise: "Caches keep no session", Attacks: []string{"caches"},
		Changes: []Change{{"request_session.go", "\theaders.AddVary(header, s.headers[:1:1])\n", ""}},
	},
	{
		Name: "the signature of a cookie is not looked at", Promise: "Cookies are verified first", Attacks: []string{"forged-cookies"},
		Changes: []Change{{"internal/cookiecodec/key.go", "return date, text, hmac.Equal(signature, m.Sum(m.sum[:0]))", "return date, text, len(signature) == len(m.Sum(m.sum[:0]))"}},
	},
	{
		Name: "a cookie may be from the future", Promise: "Cookies are verified first", Attacks: []string{"clock-jumps"},
		Changes: []Change{{"internal/cookiecodec/key.go", "!ok || at > now+clockSkew || at < now-k.maxAge", "!ok || at < now-k.maxAge"}},
	},
	{
		Name: "other sites can post", Promise: "Other sites cannot post (CSRF)", Attacks: []string{"other-sites"},
		Changes: []Change{{"origin.go", "return c.refuseOrigin(from, fetch)\n", "return nil\n"}},
	},
	{
		Name: "any host is served", Promise: "The host and the client are not what a header says", Attacks: []string{"foreign-hosts"},
		Changes: []Change{{"origin.go", "!hostname.Valid(o.host) || !s.trustsHost(o.host)", "!hostname.Valid(o.host)"}},
	},
	{
		Name: "a body without a length has no limit", Promise: "Input is bounded", Attacks: []string{"uploads"},
		Changes: []Change{{"body.go", "b.bounded = http.MaxBytesReader(b.c.response.w, b.source, n)", "b.bounded = b.source"}},
	},
	{
		Name: "an unread body is asked for", Promise: "Input is bounded", Attacks: []string{"uploads"},
		Changes: []Change{{"body.go", "\tc.ownRequest()\n\tc.Request.Body = b\n", "\tc.Request.Body = b\n"}},
	},
	{
		Name: "the server waits for slow clients", Promise: "Input is bounded", Attacks: []string{"slow-clients"},
		Changes: []Change{{"server.go", "limit(\"SERVER_READ_HEADER_TIMEOUT\")", "-1"}, {"server.go", "limit(\"SERVER_READ_TIMEOUT\")", "-1"}},
	},
	{
		Name: "temporary files of uploads stay", Promise: "A request leaves nothing behind", Attacks: []string{"uploads"},
		Changes: []Change{
			{"dispatch.go", "\tif x.body.form != nil {\n\t\t_ = x.body.form.RemoveAll()\n\t}\n", ""},
			{"dispatch.go", "\tif form := c.Request.MultipartForm; form != nil {\n\t\t_ = form.RemoveAll()\n\t}\n", ""},
			{"dispatch.go", "\tif form := c.born.MultipartForm; form != nil {\n\t\t_ = form.RemoveAll()\n\t}\n", ""},
		},
	},
	{
		Name: "half of an upload stays when the disk is full", Promise: "A request leaves nothing behind", Attacks: []string{"full-disk"},
		Changes: []Change{{"upload.go", "\tdefer root.Remove(draft)\n", ""}},
	},
	{
		Name: "the heartbeat of an event stream does not end", Promise: "A request leaves nothing behind", Attacks: []string{"events"},
		Changes: []Change{
			{"events.go", "\t\tcase <-e.ctx.Done():\n\t\t\treturn\n", ""},
			{"events.go", "\te.beating.Wait()\n", ""},
		},
	},
	{
		Name: "static files stay open", Promise: "A request leaves nothing behind", Attacks: []string{"static-files"},
		Changes: []Change{
			{"static.go", "\tcase err == nil:\n\t\tdefer f.Close()\n", "\tcase err == nil:\n\t\tleftOpen.Store(f, nil)\n"},
			{"static.go", "func (s *staticFolder) serve(c *Context) error {", "var leftOpen sync.Map\n\nfunc (s *staticFolder) serve(c *Context) error {"},
			{"static.go", "\t\"strings\"\n", "\t\"strings\"\n\t\"sync\"\n"},
		},
	},
	{
		Name: "files that are hidden are served", Promise: "Static files stay in their folder", Attacks: []string{"static-files"},
		Changes: []Change{{"internal/files/files.go", "if part[0] == '.' && part != \".well-known\" {", "if part[0] == '.' && false {"}},
	},
	{
		Name: "headers have line breaks in them", Promise: "No header is split", Attacks: []string{"split-headers"},
		Changes: []Change{{"internal/headers/valid.go", "c < ' ' && c != '\\t' || c == 0x7f {", "c == 0 && i < 0 {"}},
	},
	{
		Name: "an error page tells the error", Promise: "No secret is printed", Attacks: []string{"error-pages"},
		Changes: []Change{{"errors.go", "Message: problem.Describe(http.StatusInternalServerError), Err: err}\n\th :=", "Message: err.Error(), Err: err}\n\th :="}},
	},
	{
		Name: "half of a page looks whole", Promise: "No half pages", Attacks: []string{"half-pages"},
		Changes: []Change{{"errors.go", "c.conclude(cut, err)", "c.conclude(unhandled, err)"}},
	},
	{
		Name: "the buffer of a large answer is given back while it is sent", Promise: "Requests do not mix", Attacks: []string{"echoes"},
		Changes: []Change{{"wire.go", "\t\tbody = r.held()\n", "\t\tbody = r.held()\n\t\tif len(body) > 8<<10 {\n\t\t\trespbuf.Put(r.buf)\n\t\t}\n"},
			{"wire.go", "\t\"time\"\n)", "\t\"time\"\n\n\t\"github.com/dewar-go/dewar/internal/respbuf\"\n)"}},
	},
	{
		Name: "a server that stops drops the requests that it has begun", Promise: "A stop drops no request", Attacks: []string{"drains"},
		Changes: []Change{{"internal/graceful/server.go", "return s.HTTP.Shutdown(ctx)", "return s.HTTP.Close()"}},
	},
	{
		Name: "redirects after a login lead to other sites", Promise: "URLs and redirects that dewar builds stay on the site", Attacks: []string{"redirects"},
		Changes: []Change{{"safe.go", "if !ok || !staysOnSite(path) {", "if path = next; next == \"\" && !ok {"}},
	},
}
