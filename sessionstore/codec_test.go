package sessionstore_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

func records() map[string]sessionstore.Record {
	full := aRecord()
	full.Previous, full.Renewed, full.Until = secret2, morning.Add(time.Minute), morning.Add(24*time.Hour)
	odd := aRecord()
	odd.Owner, odd.Mark = "", 0
	odd.Values = map[string]string{"": `""`, "\x00": `"\u0000"`, strings.Repeat("k", 10_000): strings.Repeat("1", 100_000), "é": "null"}
	old := aRecord()
	old.Created, old.Seen, old.Until = time.UnixMilli(-1).UTC(), time.UnixMilli(0).UTC(), time.UnixMilli(1<<47).UTC()
	empty := aRecord()
	empty.Values = map[string]string{}
	return map[string]sessionstore.Record{"plain": aRecord(), "full": full, "odd": odd, "old": old, "empty": empty}
}

func TestRecordsComeBack(t *testing.T) {
	t.Parallel()
	for name, want := range records() {
		data, err := want.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var got sessionstore.Record
		if err := got.UnmarshalBinary(data); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, want %#v", name, got, err, want)
		}
		again, _ := got.MarshalBinary()
		if !bytes.Equal(again, data) {
			t.Errorf("%s: the same record gives other bytes", name)
		}
		for n := range min(len(data), 300) {
			if err := got.UnmarshalBinary(data[:n]); !errors.Is(err, sessionstore.ErrUnreadable) {
				t.Errorf("%s, cut after %d bytes: got %v", name, n, err)
			}
		}
		if err := got.UnmarshalBinary(append(data, 0)); !errors.Is(err, sessionstore.ErrUnreadable) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s, a byte more: got %v", name, err)
		}
	}
}

// TestTheFormOfRecords holds the bytes, which stores keep for months.
func TestTheFormOfRecords(t *testing.T) {
	t.Parallel()
	const want = "0104" + "0100000000000000000000000000000000000000000000000000000000000000" +
		"80e0f2edc268" + "80e0f2edc268" + "80dddb01" + "03616e6e06" + "02" + "01610131" + "01620132"
	data, _ := aRecord().MarshalBinary()
	if got := hex.EncodeToString(data); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzParseRecord(f *testing.F) {
	for _, r := range records() {
		data, _ := r.MarshalBinary()
		if len(data) < 1000 {
			f.Add(string(data))
		}
	}
	f.Add("")
	f.Fuzz(func(t *testing.T, data string) {
		r, err := sessionstore.ParseRecord(data)
		if err != nil {
			if !errors.Is(err, sessionstore.ErrUnreadable) {
				t.Errorf("got %v, want ErrUnreadable", err)
			}
			return
		}
		again, _ := r.MarshalBinary()
		back, err := sessionstore.ParseRecord(string(again))
		if err != nil || !reflect.DeepEqual(back, r) {
			t.Errorf("got %#v, %v, want %#v", back, err, r)
		}
	})
}
