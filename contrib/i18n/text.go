package i18n

import (
	"fmt"
	"strings"

	"github.com/dewar-go/dewar"
)

// Gettext returns the translation of a message into the language of the request, and the message itself if there is none. pairs are
// the values for %(name)s in it, as names and values; without pairs it stands as it is. A name that pairs lack is left standing, and the log says so.
func (t *Translations) Gettext(c *dewar.Context, message string, pairs ...any) string {
	return t.filled(c, t.catalog(c).Gettext(message), message, pairs)
}

// NGettext returns the translation of a message that has a number: the catalog says which numbers have which form. Without a
// translation it is singular for 1 and plural otherwise. %(num)s and %(num)d are n.
func (t *Translations) NGettext(c *dewar.Context, singular, plural string, n int, pairs ...any) string {
	return t.filled(c, t.catalog(c).NGettext(singular, plural, n), singular, withNumber(n, pairs))
}

// PGettext is Gettext of a message that means something else in another context.
func (t *Translations) PGettext(c *dewar.Context, context, message string, pairs ...any) string {
	return t.filled(c, t.catalog(c).PGettext(context, message), message, pairs)
}

// NPGettext is both.
func (t *Translations) NPGettext(c *dewar.Context, context, singular, plural string, n int, pairs ...any) string {
	return t.filled(c, t.catalog(c).NPGettext(context, singular, plural, n), singular, withNumber(n, pairs))
}

// withNumber adds num to pairs. One that is given goes before.
func withNumber(n int, pairs []any) []any {
	return append([]any{"num", n}, pairs...)
}

// filled puts values into a text, and logs what is wrong with them.
func (t *Translations) filled(c *dewar.Context, text, message string, pairs []any) string {
	text, err := fill(text, pairs)
	if err != nil {
		c.Logger().Error("text is not complete", "message", message, "err", err)
	}
	return text
}

// fill puts the values of pairs into a text.
func fill(text string, pairs []any) (string, error) {
	if len(pairs) == 0 {
		return text, nil
	}
	values, err := byName(pairs)
	var b strings.Builder
	for rest := text; rest != ""; {
		before, behind, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			break
		}
		shown, size, problem := percent(behind, values)
		if problem != nil && err == nil {
			err = problem
		}
		b.WriteString(shown)
		rest = behind[size:]
	}
	return b.String(), err
}

// byName returns the values of pairs.
func byName(pairs []any) (map[string]any, error) {
	values := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok || i+1 == len(pairs) {
			return values, fmt.Errorf("values are pairs of a name and a value, as in \"name\", user.Name, and here is %v", pairs[i])
		}
		values[name] = pairs[i+1]
	}
	return values, nil
}

// percent returns what the text behind a percent sign stands for, and how much of it is used.
func percent(behind string, values map[string]any) (shown string, size int, err error) {
	if strings.HasPrefix(behind, "%") {
		return "%", 1, nil
	}
	end := strings.IndexByte(behind, ')')
	if !strings.HasPrefix(behind, "(") || end < 0 || end+1 == len(behind) {
		return "%", 0, nil
	}
	name, verb := behind[1:end], behind[end+1]
	if verb != 's' && verb != 'd' {
		return "%", 0, fmt.Errorf("%%(%s)%c is no placeholder here; write %%(%s)s", name, verb, name)
	}
	value, ok := values[name]
	if !ok {
		return "%", 0, fmt.Errorf("there is no value for %%(%s)%c; write %q and the value behind the text", name, verb, name)
	}
	return fmt.Sprint(value), end + 2, nil
}
