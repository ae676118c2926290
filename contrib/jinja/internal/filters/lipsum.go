package filters

import (
	"math"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// latin is what lipsum chooses from.
const latin = `ab ad aliquid animus annus aqua arbor arma ars at aurum autem avis bellum bene bonus brevis caelum canis caput carmen casa causa
cibus civis color copia cor corpus cum cura custos de dies dolor domus donum dum ego equus erat esse est et ex fabula facies femina ferrum
fides finis flamma flos flumen fons forma fortis fortuna frater fuga gaudium gens gladius gloria gratia hic homo hora hortus hostis iam ignis
imago in insula inter ira iter iudex ius labor lapis laus lex liber limen littera locus longus ludus lumen luna lux magnus manus mare mater
medius memoria mens mensa miles mons mors mos multus mundus murus natura navis nec nihil nomen non novus nox numen nunc oculus opus ora orbis
otium panis pars pater pax pectus per pes placet poeta pons populus porta post pro puella puer quae quam qui quies quod ratio regnum res rex
ripa rosa rus saepe saxum schola sed semper senex sermo servus si sic sidus silva sine sol somnus soror spes stella studium sub tamen tectum
tellus templum tempus terra timor toga tu turba umbra unda urbs usus ut vallis vates ventus ver verbum veritas vestis vetus via victor vigil
villa vinum vir virtus vis vita vox vulnus`

// lipsum is so many paragraphs of at least min and less than max words that mean nothing, as HTML or as plain text.
func lipsum(rt *value.Runtime, args []any) (any, error) {
	var numbers [3]int
	for i, v := range []any{args[0], args[2], args[3]} {
		var err error
		if numbers[i], err = asInt(v); err != nil {
			return nil, err
		}
	}
	paragraphs, least, most := numbers[0], numbers[1], numbers[2]
	html, err := value.Truth(args[1])
	if err != nil {
		return nil, err
	}
	words := strings.Fields(latin)
	var texts []string
	for range paragraphs {
		if least >= most {
			return nil, fail("ValueError", "empty range for randrange() (%d, %d, %d)", least, most, most-least)
		}
		if least < 0 || most > math.MaxInt32 {
			return nil, fail("ValueError", "lipsum() makes paragraphs of 0 to %d words, not of %d to %d", math.MaxInt32, least, most)
		}
		n := least + chance(rt, most-least)
		if err := rt.Spend(1 + 8*n); err != nil {
			return nil, err
		}
		texts = append(texts, paragraph(rt, words, n))
	}
	if !html {
		return strings.Join(texts, "\n\n"), nil
	}
	for i, text := range texts {
		texts[i] = "<p>" + text + "</p>"
	}
	return value.Markup{Text: strings.Join(texts, "\n"), Language: value.HTML}, nil
}

// paragraph is n words in sentences, with commas, and no word twice in a row.
func paragraph(rt *value.Runtime, words []string, n int) string {
	var b strings.Builder
	comma, stop := 3+chance(rt, 5), 10+chance(rt, 10)
	begins := true
	last := -1
	for i := range n {
		at := chance(rt, len(words))
		if at == last {
			at = (at + 1) % len(words)
		}
		last = at
		word := words[at]
		if begins {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		begins = false
		switch {
		case i+1 == n:
		case i >= stop:
			b.WriteByte('.')
			begins = true
			comma, stop = i+3+chance(rt, 5), i+10+chance(rt, 10)
		case i >= comma:
			b.WriteByte(',')
			comma = i + 3 + chance(rt, 5)
		}
	}
	return b.String() + "."
}
