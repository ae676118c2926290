package router

// texts are the forks behind the texts that may come next.
type texts struct {
	list    []textTo
	byText  map[string]*fork // the same, nil while comparing them one by one is faster
	longest int
}

// A textTo is a text, and the fork behind it.
type textTo struct {
	text string
	to   *fork
}

// fewTexts is how many are compared one by one at most.
const fewTexts = 4

// find returns the fork behind text, nil if there is none.
func (t *texts) find(text string) *fork {
	if len(text) > t.longest {
		return nil
	}
	if t.byText != nil {
		return t.byText[text]
	}
	for i := range t.list {
		if t.list[i].text == text {
			return t.list[i].to
		}
	}
	return nil
}

// add adds the fork behind a text that is new.
func (t *texts) add(text string, to *fork) {
	t.list, t.longest = append(t.list, textTo{text, to}), max(t.longest, len(text))
	if len(t.list) <= fewTexts {
		return
	}
	if t.byText == nil {
		t.byText = map[string]*fork{}
	}
	for _, next := range t.list[len(t.byText):] {
		t.byText[next.text] = next.to
	}
}
