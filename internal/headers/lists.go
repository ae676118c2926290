package headers

import "strings"

// Params reads a list of parameters such as realm="a, b", qop=auth; names come in lower case. ok is false when it is
// malformed, or has a name twice.
func Params(list string) (params map[string]string, ok bool) {
	params = map[string]string{}
	for rest := trimmed(list); rest != ""; {
		name, after, found := strings.Cut(rest, "=")
		name = strings.ToLower(strings.TrimRight(name, " \t"))
		if _, twice := params[name]; !found || twice || !isToken(name) {
			return nil, false
		}
		var value string
		if value, rest, ok = paramValue(trimmed(after)); !ok {
			return nil, false
		}
		params[name] = value
		switch rest = trimmed(rest); {
		case rest == "":
		case rest[0] == ',':
			rest = trimmed(rest[1:])
		default:
			return nil, false
		}
	}
	return params, len(params) > 0
}

// paramValue takes a token or a quoted string off the front of s.
func paramValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ", \t")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], end > 0 && !strings.ContainsAny(s[:end], `"=`)
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], true
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

func trimmed(s string) string { return strings.Trim(s, " \t") }

// Tags reads the lines of If-Match or If-None-Match: entity tags as they stand there, "a" and W/"b", or any of them, *.
// What stands behind something that is none is left out.
func Tags(lines []string) (tags []string, any bool) {
	for _, line := range lines {
		if line = trimmed(line); line == "*" {
			return nil, true
		}
		for line != "" {
			tag, rest, ok := cutTag(line)
			if !ok {
				break
			}
			tags = append(tags, tag)
			line = strings.TrimLeft(rest, ", \t")
		}
	}
	return tags, false
}

// cutTag takes an entity tag off the front of s.
func cutTag(s string) (tag, rest string, ok bool) {
	open := 0
	if strings.HasPrefix(s, "W/") {
		open = 2
	}
	if open >= len(s) || s[open] != '"' {
		return "", "", false
	}
	length := strings.IndexByte(s[open+1:], '"')
	if length < 0 {
		return "", "", false
	}
	end := open + 1 + length + 1
	return s[:end], s[end:], true
}
