package taggedjson

import "strings"

// plainMembers is members for what most sessions are: an object in canonical form, its keys and values plain text,
// integers that are not negative, true and false. It reports false for anything else, which is left to the scanner.
// Every request that opens its session pays for this, and it is twice as fast.
func plainMembers(data string, dst []Member) (found []Member, ok bool) {
	if data == "" || data[0] != '{' {
		return dst, false
	}
	found = dst
	for pos := 1; ; pos++ {
		colon := plainText(data, pos)
		if colon == len(data) || data[colon] != ':' {
			return dst, false
		}
		key, start := data[pos+1:colon-1], colon+1
		end := plainValue(data, start)
		if end == len(data) || len(found) > len(dst) && key <= found[len(found)-1].Key {
			return dst, false
		}
		found = append(found, Member{Key: key, Raw: data[start:end]})
		switch data[end] {
		case ',':
			pos = end
		case '}':
			return found, end+1 == len(data)
		default:
			return dst, false
		}
	}
}

// PlainText returns the text of a member that is one without escapes.
func PlainText(raw string) (text string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || strings.IndexByte(raw, '\\') >= 0 {
		return "", false
	}
	return raw[1 : len(raw)-1], true
}

// PlainInt returns the value of a member that is an integer as Append writes it, unless it is a very large one.
func PlainInt(raw string) (n int64, ok bool) {
	digits, negative := strings.CutPrefix(raw, "-")
	if digits == "" || len(digits) > maxPlainDigits || digits[0] == '0' && len(raw) > 1 {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(digits[i]-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

// maxPlainDigits is how many fit in an int64, whichever they are.
const maxPlainDigits = 18

// plainText returns where the text that begins at pos is over, or the end of data if it is none or not plain.
func plainText(data string, pos int) int {
	if pos == len(data) || data[pos] != '"' {
		return len(data)
	}
	if end := plainEnd(data, pos+1); end < len(data) && data[end] == '"' {
		return end + 1
	}
	return len(data)
}

// plainEnd returns where the plain characters, and DEL, that begin at pos are over.
func plainEnd(data string, pos int) int {
	for pos+8 <= len(data) && allPlain(data[pos:]) {
		pos += 8
	}
	for pos < len(data) && plain[data[pos]] {
		pos++
	}
	return pos
}

// plainValue does the same for a value.
func plainValue(data string, pos int) int {
	switch rest := data[pos:]; {
	case rest == "":
	case rest[0] == '"':
		return plainText(data, pos)
	case '1' <= rest[0] && rest[0] <= '9':
		n := 1
		for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
			n++
		}
		if n <= maxPlainDigits {
			return pos + n
		}
	case strings.HasPrefix(rest, "true"):
		return pos + len("true")
	case strings.HasPrefix(rest, "false"):
		return pos + len("false")
	}
	return len(data)
}
