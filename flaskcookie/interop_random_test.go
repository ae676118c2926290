package flaskcookie_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

func TestRandomSessionsGoToFlask(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(randomSeed(t), 0))
	c := newCodec(t, flaskcookie.Options{}, oldKey)
	var cookies strings.Builder
	var want []string
	plain := 0
	for range rounds(10_000) {
		s := dewar.NewSession()
		for i := range 1 + random.IntN(5) {
			s.Set(randomText(random)+fmt.Sprint(i), randomValue(random, 0))
		}
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
		payload, err := dewar.Stored(s).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		cookie, err := c.Encode(payload, time.Now().Add(-time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if cookie[0] != '.' {
			plain++
		}
		want = append(want, string(payload))
		fmt.Fprintln(&cookies, cookie)
	}
	got := batch(t, cookies.String(), "read")
	if len(got) != len(want) {
		t.Fatalf("Flask read %d sessions of %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("Flask read %s of %s", got[i], want[i])
		}
	}
	t.Logf("%d sessions, %d of them uncompressed", len(want), plain)
	if plain == 0 || plain == len(want) {
		t.Error("want compressed and uncompressed sessions")
	}
}

func TestRandomSessionsComeFromFlask(t *testing.T) {
	t.Parallel()
	c := newCodec(t, flaskcookie.Options{}, oldKey)
	sessions := rounds(10_000)
	lines := batch(t, "", "make", fmt.Sprint(sessions), fmt.Sprint(randomSeed(t)))
	if len(lines) != sessions {
		t.Fatalf("Flask made %d sessions, want %d", len(lines), sessions)
	}
	for _, line := range lines {
		cookie, want, _ := strings.Cut(line, " ")
		payload, _, err := c.Decode(cookie, time.Now(), time.Hour)
		if err != nil || string(payload) != want {
			t.Fatalf("got %s, %v of %s", payload, err, want)
		}
		s, again := dewar.NewSession(), dewar.NewSession()
		if err := dewar.Stored(s).UnmarshalBinary(payload); err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		for key, value := range s.All() {
			again.Set(key, value)
		}
		written, err := dewar.Stored(again).MarshalBinary()
		if err != nil || again.Err() != nil {
			t.Fatalf("%s: %v, %v", want, err, again.Err())
		}
		if string(written) != want {
			t.Fatalf("value by value\n got %s\nwant %s", written, want)
		}
		signed, err := c.Encode(payload, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if text, _, _ := strings.Cut(cookie, "."); text != "" && signed[0] != '.' && !strings.HasPrefix(signed, text+".") {
			t.Fatalf("an uncompressed payload is %s, Flask's is %s", signed, cookie)
		}
	}
}

func randomText(random *rand.Rand) string {
	texts := []string{"", "a", "hé", "😀", "\x00\x1f\x7f", "<>&\"'\\/", " t", " di", strings.Repeat("long ", 40), "\u2028\ud7ff\uffff"}
	return texts[random.IntN(len(texts))]
}

func randomValue(random *rand.Rand, depth int) any {
	kinds := 15
	if depth > 3 {
		kinds = 11
	}
	list := func() []any {
		items := make([]any, random.IntN(4))
		for i := range items {
			items[i] = randomValue(random, depth+1)
		}
		return items
	}
	switch random.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return random.IntN(2) == 0
	case 2:
		return json.Number(fmt.Sprintf("%d%d", random.Int64(), random.Uint64()>>1))
	case 3:
		return random.Int64() - random.Int64()
	case 4:
		return []float64{0, 1, 0.1, 1e16, 1e-7, 1e300, random.Float64(), random.NormFloat64() * 1e20}[random.IntN(8)]
	case 5, 6:
		return randomText(random) + randomText(random)
	case 7:
		return []byte(randomText(random))
	case 8:
		var id dewar.UUID
		for i := range id {
			id[i] = byte(random.Uint32())
		}
		return id
	case 9:
		return time.Unix(random.Int64N(1<<37)-1<<35, 0).UTC()
	case 10:
		return int64(1<<53 + 1)
	case 11:
		return dewar.Tuple(list())
	case 12:
		return list()
	case 13:
		return dewar.Map{[]string{" t", " di", " d", " t__", " x"}[random.IntN(5)]: randomValue(random, depth+1)}
	}
	m := dewar.Map{}
	for i := range random.IntN(4) {
		m[randomText(random)+fmt.Sprint(i)] = randomValue(random, depth+1)
	}
	return m
}
