package escape

// prefixes are what names of expressions begin with before a colon. Names without a word there, such as :href, are Vue's and Alpine's.
var prefixes = hashSet("", "on", "x-on", "v-on", "hx-on", "bind", "x-bind", "v-bind", "ng", "x-ng")

// dashed are what names of expressions begin with before a dash or an underscore.
var dashed = hashSet("ng", "x-ng", "v", "bind", "hx-on")

// expressions are names of attributes that front-end frameworks run.
var expressions = hashSet("x-data", "x-init", "x-show", "x-text", "x-html", "x-if", "x-for", "x-model", "x-effect", "x-modelable", "x-id", "x-on", "x-bind",
	"hx-vals", "hx-on", "hx-vars", "hx-headers", "_")

// unrun are names of AngularJS that are words and not expressions.
var unrun = hashSet("ng-app", "ng-controller", "ng-cloak", "ng-form", "ng-view")

var dataPrefix, bind = hashOf("data-"), hashOf("bind")

// name goes on with an attribute's name.
func (s *State) name(c byte) {
	c = lower(c)
	s.step = min(s.step+1, 250)
	switch {
	case s.step == 1:
		s.last = c
		s.put(codeName, s.has(codeName) || marksCode(c))
	case s.step == 2:
		s.put(eventName, s.last == 'o' && c == 'n')
	}
	if c == ':' {
		s.namespace()
		return
	}
	s.endPart(c)
	s.word = hashed(s.word, c)
	s.stack = s.stack<<8 | uint64(c)
	switch {
	case s.stack&0xffffff == 's'<<16|'r'<<8|'c', s.stack&0xffffff == 'u'<<16|'r'<<8|'i', s.stack&0xffffff == 'u'<<16|'r'<<8|'l':
		s.set(urlName)
	case s.word == dataPrefix:
		s.set(dataName)
		s.word = noWord
	}
}

// marksCode reports whether names that begin with c are expressions: @click and .value of Vue, (click), [href], *ngIf and #item of Angular.
func marksCode(c byte) bool {
	switch c {
	case '@', '.', '(', '[', '*', '#':
		return true
	}
	return false
}

// namespace ends the part of a name before a colon.
func (s *State) namespace() {
	if prefixes[s.word] || dashed[s.word] {
		s.set(codeName)
	}
	s.word, s.stack, s.step = noWord, 0, 0
}

// endPart ends the part of a name before c: v-, ng_, x-model.lazy.
func (s *State) endPart(c byte) {
	switch {
	case (c == '-' || c == '_') && dashed[s.word], c == '.' && expressions[s.word]:
		s.set(codeName)
	}
}

// namedCode returns the kind of an attribute whose name has the marks of a front-end framework's.
func (s *State) namedCode() attribute {
	if unrun[s.word] {
		return plainAttr
	}
	return exprAttr
}
