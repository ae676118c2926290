package files

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A packing is a way to pack a file, and what the name of a packed one ends with.
type packing struct{ encoding, suffix string }

// packings are those that are looked for, the smallest first.
var packings = []packing{{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}}

// OpenPacked opens the neighbour of a file of the folder that the lines of an Accept-Encoding header like best: app.js.br
// beside app.js. It returns nil when they want the file as it is, and where no neighbour is as new as the file.
func (f *Folder) OpenPacked(file *File, accept []string) (packed *File, encoding string) {
	for _, p := range wanted(accept) {
		if packed := f.openBeside(file, p.suffix); packed != nil {
			return packed, p.encoding
		}
	}
	return nil, ""
}

// openBeside opens the neighbour whose name has suffix, from where the file itself came from.
func (f *Folder) openBeside(file *File, suffix string) *File {
	var packed *File
	var err error
	if file.Path != "" {
		packed, err = OpenBelow(f.Dir, file.Name+suffix)
	} else {
		packed, err = Open(f.FS, file.Name+suffix)
	}
	if err != nil {
		return nil
	}
	if packed.Info.ModTime().Before(file.Info.ModTime()) {
		_ = packed.Close()
		return nil
	}
	return packed
}

// wanted returns the packings that an Accept-Encoding header allows and likes at least as much as the file as it is, the
// best first.
func wanted(accept []string) []packing {
	quality := map[string]float64{}
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		coding, params, _ := strings.Cut(part, ";")
		if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" {
			quality[strings.TrimPrefix(coding, "x-")] = qualityOf(params)
		}
	}
	liked := func(encoding string) float64 {
		if q, named := quality[encoding]; named {
			return q
		}
		return quality["*"]
	}
	list := slices.DeleteFunc(slices.Clone(packings), func(p packing) bool {
		q := liked(p.encoding)
		return q == 0 || q < quality["identity"]
	})
	slices.SortStableFunc(list, func(a, b packing) int { return cmp.Compare(liked(b.encoding), liked(a.encoding)) })
	return list
}

// qualityOf returns the q among the parameters of a coding, 1 without one and 0 for what is none.
func qualityOf(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}

// IsPacked reports whether a name says that the file is packed already, so that it has no packed neighbours.
func IsPacked(name string) bool {
	if _, encoding := TypeOf(name); encoding != "" {
		return true
	}
	return path.Ext(name) == ".zst"
}

// PackedTag returns the ETag of a file for its packed form, which is another text.
func PackedTag(tag, encoding string) string {
	return strings.TrimSuffix(tag, `"`) + "-" + encoding + `"`
}
