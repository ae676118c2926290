package files

import (
	"path"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/accept"
)

// suffixes are what the names of packed files end with.
var suffixes = map[string]string{"br": ".br", "zstd": ".zst", "gzip": ".gz"}

// OpenPacked opens the neighbour of a file of the folder that the lines of an Accept-Encoding header like best: app.js.br
// beside app.js. It returns nil when they want the file as it is, and where no neighbour is as new as the file.
func (f *Folder) OpenPacked(file *File, lines []string) (packed *File, encoding string) {
	offers := []string{"br", "zstd", "gzip", "identity"}
	for {
		encoding := accept.Encoding(lines, offers)
		if encoding == "" || encoding == "identity" {
			return nil, ""
		}
		if packed := f.openBeside(file, suffixes[encoding]); packed != nil {
			return packed, encoding
		}
		offers = slices.DeleteFunc(offers, func(offer string) bool { return offer == encoding })
	}
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
