package flasktest_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func TestRandomChangesAreSavedAsAPlainMapHasThem(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	app := quietApp(t)
	for i := range uint64(rounds(500, 3000)) {
		if err := randomVisitor(t, app, rand.New(rand.NewPCG(seed, i))); err != nil {
			t.Fatalf("seed %d, %d: %v", seed, i, err)
		}
	}
}

// randomVisitor makes a few requests with random changes, and compares what each finds with the model of the one
// before.
func randomVisitor(t testing.TB, app *dewar.App, r *rand.Rand) error {
	m := &sessionModel{r: r, values: map[string]any{}}
	jar := map[string]string{}
	for range 4 {
		res := randomRequest(t, app, jar, m)
		if m.err != nil {
			return m.err
		}
		if saved := len(res.Header["Set-Cookie"]) > 0; saved != m.changed {
			return fmt.Errorf("saved %t, want %t, after %v", saved, m.changed, m.steps)
		}
		if got := valuesOf(openJar(t, app, jar)); !reflect.DeepEqual(got, m.values) {
			return fmt.Errorf("the next request got %v\nwant %v\nafter %v", got, m.values, m.steps)
		}
	}
	return nil
}

func randomRequest(t testing.TB, app *dewar.App, jar map[string]string, m *sessionModel) *http.Response {
	r := httptest.NewRequest("GET", "/", nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	c, end, err := app.NewContext(rec, r)
	if err != nil {
		t.Fatal(err)
	}
	m.begin(c.Session())
	for range m.r.IntN(12) {
		m.step()
	}
	must(t, end())
	res := rec.Result()
	for _, cookie := range res.Cookies() {
		if jar[cookie.Name] = cookie.Value; cookie.MaxAge < 0 {
			delete(jar, cookie.Name)
		}
	}
	return res
}

func valuesOf(s *dewar.Session) map[string]any { return maps.Collect(s.All()) }

// A sessionModel does to plain values what it does to a session.
type sessionModel struct {
	r       *rand.Rand
	s       *dewar.Session
	values  map[string]any
	handles []handle
	changed bool
	fresh   int64 // the last number that was used
	steps   []string
	err     error
}

// A handle is a map that the session has handed out, or was given, and the model's map. It may be inside of another,
// which is the value of key.
type handle struct {
	key         string
	root, model map[string]any
	set         func(member string, n int64)
	remove      func(member string)
}

func (m *sessionModel) begin(s *dewar.Session) {
	m.s, m.handles, m.changed, m.steps = s, nil, false, nil
}

func (m *sessionModel) step() {
	steps := []struct {
		name   string
		do     func(key string)
		weight int
	}{
		{"set", m.set, 3}, {"read", m.read, 2}, {"delete", m.delete, 1}, {"pop", m.pop, 1}, {"clear", m.clear, 1}, {"mark", m.mark, 1},
		{"plain", m.changePlain, 4}, {"typed", m.changeTyped, 4}, {"struct", m.changeStruct, 3}, {"earlier", m.changeEarlier, 6},
	}
	at := m.r.IntN(26)
	for _, step := range steps {
		if at -= step.weight; at < 0 {
			key := []string{"a", "b"}[m.r.IntN(2)]
			m.steps = append(m.steps, step.name+" "+key)
			step.do(key)
			return
		}
	}
}

func (m *sessionModel) next() int64 { m.fresh++; return m.fresh }

func (m *sessionModel) set(key string) {
	m.changed = true
	switch m.r.IntN(5) {
	case 0:
		n := m.next()
		m.s.Set(key, n)
		m.values[key] = n
	case 1:
		m.s.Set(key, []any{"x", 1.5, true, nil})
		m.values[key] = []any{"x", 1.5, true, nil}
	case 2:
		given := map[string]int64{"x": m.next()}
		m.s.Set(key, given)
		m.given(key, typedHandle(given), map[string]any{"x": given["x"]})
	default:
		given := dewar.Map{"x": m.next(), "in": dewar.Map{"y": m.next()}}
		model := dewar.Map{"x": given["x"], "in": maps.Clone(given["in"].(dewar.Map))}
		m.s.Set(key, given)
		m.given(key, plainHandle(given), model)
	}
}

// given makes model the value of key. It can be changed later through h.
func (m *sessionModel) given(key string, h handle, model map[string]any) {
	m.values[key] = model
	m.keep(key, h, model)
}

// keep remembers a handle of the value of key, or of what the value has under a member.
func (m *sessionModel) keep(key string, h handle, model map[string]any) handle {
	h.key, h.root, h.model = key, m.values[key].(map[string]any), model
	m.handles = append(m.handles, h)
	return h
}

func plainHandle(v map[string]any) handle {
	return handle{set: func(member string, n int64) { v[member] = n }, remove: func(member string) { delete(v, member) }}
}

func typedHandle(v map[string]int64) handle {
	return handle{set: func(member string, n int64) { v[member] = n }, remove: func(member string) { delete(v, member) }}
}

func (m *sessionModel) delete(key string) {
	_, there := m.values[key]
	m.changed = m.changed || there
	delete(m.values, key)
	m.s.Delete(key)
}

func (m *sessionModel) pop(key string) {
	want := m.values[key]
	m.changed = m.changed || want != nil
	delete(m.values, key)
	if got := m.s.Pop(key); !reflect.DeepEqual(got, want) {
		m.err = fmt.Errorf("Pop gave %v, want %v, after %v", got, want, m.steps)
	}
}

func (m *sessionModel) clear(string) {
	m.changed = true
	clear(m.values)
	m.s.Clear()
}

func (m *sessionModel) mark(string) {
	m.changed = true
	m.s.MarkModified()
}

func (m *sessionModel) read(key string) {
	if got, want := m.s.Get(key), m.values[key]; !reflect.DeepEqual(got, want) {
		m.err = fmt.Errorf("Get gave %v, want %v, after %v", got, want, m.steps)
	}
}

// changePlain changes something in the map that Map returns, or in a map inside of it.
func (m *sessionModel) changePlain(key string) {
	model, ok := m.values[key].(map[string]any)
	if !ok {
		return
	}
	handed := m.s.Map(key)
	if inner, nested := model["in"].(map[string]any); nested && m.r.IntN(2) == 0 {
		handed, model = handed["in"].(map[string]any), inner
	}
	m.change(m.keep(key, plainHandle(handed), model))
}

// changeTyped changes something in a map of numbers, if there is nothing else in it.
func (m *sessionModel) changeTyped(key string) {
	model, ok := m.values[key].(map[string]any)
	if !ok || model["in"] != nil {
		return
	}
	m.change(m.keep(key, typedHandle(dewar.ValueOr(m.s, key, map[string]int64(nil))), model))
}

// changeStruct changes a map inside of a struct that knows nothing else of the value.
func (m *sessionModel) changeStruct(key string) {
	model, _ := m.values[key].(map[string]any)
	inner, ok := model["in"].(map[string]any)
	if !ok {
		return
	}
	handed := dewar.ValueOr(m.s, key, struct {
		In map[string]int64 `json:"in"`
	}{})
	m.change(m.keep(key, typedHandle(handed.In), inner))
}

// change changes a member of a map that has just been handed out, or adds one, or removes one as well: then the map
// differs also when the one that is removed was added before.
func (m *sessionModel) change(h handle) {
	members := slices.DeleteFunc(slices.Sorted(maps.Keys(h.model)), func(member string) bool { return member == "in" })
	choice := m.r.IntN(3)
	if choice == 0 || len(members) == 0 {
		m.put(h, fmt.Sprint("m", m.fresh))
		return
	}
	member := members[m.r.IntN(len(members))]
	if choice == 1 {
		m.put(h, member)
		return
	}
	h.remove(member)
	delete(h.model, member)
	m.put(h, fmt.Sprint("m", m.fresh))
}

// put gives a member a number that nothing else has.
func (m *sessionModel) put(h handle, member string) {
	n := m.next()
	h.set(member, n)
	h.model[member] = n
	m.changed = true
}

// changeEarlier adds something to a map of before, which does not count if the key has another value by now.
func (m *sessionModel) changeEarlier(string) {
	if len(m.handles) == 0 {
		return
	}
	h := m.handles[m.r.IntN(len(m.handles))]
	before := m.changed
	m.put(h, fmt.Sprint("m", m.fresh))
	if current, ok := m.values[h.key].(map[string]any); !ok || reflect.ValueOf(current).Pointer() != reflect.ValueOf(h.root).Pointer() {
		m.changed = before
	}
}
