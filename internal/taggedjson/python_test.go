package taggedjson_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// python runs a script of Python 3 and returns its output, line by line. Without one the test is skipped, and fails in
// CI.
func python(t *testing.T, script string, input []byte) [][]byte {
	t.Helper()
	path, err := exec.LookPath(cmp.Or(os.Getenv("DEWAR_PYTHON"), "python3"))
	if err != nil {
		skip(t, "NOTHING WAS COMPARED WITH PYTHON: install python3, or name it in DEWAR_PYTHON")
	}
	cmd := exec.Command(path, "-c", script)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	return bytes.Split(bytes.TrimSuffix(out, []byte("\n")), []byte("\n"))
}

// skip skips a test for what is missing, which make test tells as well. CI=true says that nothing may be missing.
func skip(t *testing.T, missing string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

func TestFloatsEqualPythons(t *testing.T) {
	t.Parallel()
	const count = 2_000
	c, random := newCodec(t), rand.New(rand.NewPCG(1, 2))
	var floats []float64
	var input []byte
	for len(floats) < count {
		f := randomFloat(random)
		floats = append(floats, f)
		input = strconv.AppendUint(input, math.Float64bits(f), 10)
		input = append(input, '\n')
	}
	lines := python(t, `
import json, struct, sys
for line in sys.stdin:
    print(json.dumps(struct.unpack(">d", int(line).to_bytes(8, "big"))[0]))
`, input)
	if len(lines) != count {
		t.Fatalf("Python wrote %d lines, want %d", len(lines), count)
	}
	for i, f := range floats {
		if got := mustAppend(t, c, f); got != string(lines[i]) {
			t.Errorf("got %s, want %s", got, lines[i])
		}
	}
}

// randomFloat returns a finite float: of any bits, of everyday size, or a power of ten.
func randomFloat(random *rand.Rand) float64 {
	switch random.IntN(3) {
	case 0:
		return math.Round(random.NormFloat64()*1e6) / 1000
	case 1:
		return math.Pow10(random.IntN(40) - 20)
	}
	for {
		f := math.Float64frombits(random.Uint64())
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
}

// TestDocumentsEqualPythons has Python read what Append wrote, and write it again as Flask does.
func TestDocumentsEqualPythons(t *testing.T) {
	t.Parallel()
	const count = 500
	c, random := newCodec(t), rand.New(rand.NewPCG(3, 4))
	var input []byte
	for range count {
		input = append(input, mustAppend(t, c, randomValue(random, 4))...)
		input = append(input, '\n')
	}
	lines := python(t, `
import json, sys
for line in sys.stdin:
    print(json.dumps(json.loads(line), sort_keys=True, separators=(",", ":")))
`, input)
	for i, want := range bytes.Split(bytes.TrimSuffix(input, []byte("\n")), []byte("\n")) {
		if i >= len(lines) || !bytes.Equal(lines[i], want) {
			t.Fatalf("document %d\n Go     %s\n Python %s", i, want, lines[min(i, len(lines)-1)])
		}
	}
}

// randomValue returns a value of any kind that comes back from Decode in its own type.
func randomValue(random *rand.Rand, depth int) any {
	kinds := 12
	if depth == 0 {
		kinds = 9
	}
	switch random.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return random.IntN(2) == 0
	case 2:
		return int64(random.Uint64()) >> random.IntN(64)
	case 3:
		return randomFloat(random)
	case 4:
		return json.Number("1" + strconv.FormatUint(math.MaxUint64-random.Uint64N(1000), 10))
	case 5:
		return []byte(randomText(random))
	case 6:
		return UUID{3: byte(random.Uint32()), 15: byte(random.Uint32())}
	case 7, 8:
		return randomText(random)
	case 9:
		return randomMap(random, depth)
	case 10:
		return Tuple(randomList(random, depth))
	}
	return randomList(random, depth)
}

func randomList(random *rand.Rand, depth int) []any {
	list := []any{}
	for range random.IntN(4) {
		list = append(list, randomValue(random, depth-1))
	}
	return list
}

// randomMap returns a map; those with one key often look like a tag.
func randomMap(random *rand.Rand, depth int) map[string]any {
	m := map[string]any{}
	for range random.IntN(5) {
		m[randomText(random)] = randomValue(random, depth-1)
	}
	tags := []string{" t", " b", " di", " u", " t__", " x"}
	if len(m) == 0 {
		m[tags[random.IntN(len(tags))]] = randomValue(random, depth-1)
	}
	return m
}

func randomText(random *rand.Rand) string {
	alphabet := []rune("ab z\x00\x1f\x7f\"\\/\b\t\n\f\r<>&'é\u2028\uffff😀\U0010ffff")
	var text []rune
	for range random.IntN(8) {
		text = append(text, alphabet[random.IntN(len(alphabet))])
	}
	return string(text)
}
