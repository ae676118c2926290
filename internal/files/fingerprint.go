package files

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// fingerprintLimit is the size of the largest file that gets a fingerprint; the hash of a larger one would take too long
// for a page that names it.
const fingerprintLimit = 64 << 20

// fingerprintLength is the number of hexadecimal digits.
const fingerprintLength = 16

// maxPrints is how many fingerprints a folder keeps. A file system that ignores case has one file under many names.
const maxPrints = 20_000

// young is how long a file may change again without another time; a fingerprint that was made sooner is not kept.
const young = 2 * time.Second

// A print is the fingerprint of a file as it was at some time. Its lock is held while it is made, so that a file is
// read once however many ask.
type print struct {
	sync.Mutex
	size    int64
	time    time.Time
	text    string
	settled bool
}

// of reports whether p is of the file that info describes.
func (p *print) of(info fs.FileInfo) bool {
	return p.settled && p.size == info.Size() && p.time.Equal(info.ModTime())
}

// IsFingerprint reports whether text could be what [Folder.Fingerprint] returns.
func IsFingerprint(text string) bool {
	return len(text) == fingerprintLength && strings.Trim(text, "0123456789abcdef") == ""
}

// Fingerprint returns the beginning of the SHA-256 of a file of the folder that was opened by name, or "" when the file is
// larger than 64 MiB. It is kept until the file's size or time is another. The file is at its beginning afterwards.
func (f *Folder) Fingerprint(name string, file *File) (string, error) {
	if file.Info.Size() > fingerprintLimit {
		return "", nil
	}
	p := f.printOf(name)
	p.Lock()
	defer p.Unlock()
	if p.of(file.Info) {
		return p.text, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.LimitReader(file.Content, fingerprintLimit)); err != nil {
		return "", fmt.Errorf("read %q: %w", file.Name, err)
	}
	if _, err := file.Content.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read %q: %w", file.Name, err)
	}
	p.text = hex.EncodeToString(hash.Sum(nil))[:fingerprintLength]
	p.size, p.time = file.Info.Size(), file.Info.ModTime()
	p.settled = p.time.IsZero() || time.Since(p.time).Abs() > young
	return p.text, nil
}

// FingerprintOf returns the fingerprint of the file called name, "" when there is none or it cannot be read. It opens the
// file only when it has changed.
func (f *Folder) FingerprintOf(name string, disk bool) string {
	if !Servable(name) {
		return ""
	}
	if kept := f.keptPrint(name, disk); kept != "" {
		return kept
	}
	file, err := f.Open(name, disk)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, _ := f.Fingerprint(name, file)
	return text
}

// keptPrint returns the fingerprint that is kept of a file that has not changed, or "".
func (f *Folder) keptPrint(name string, disk bool) string {
	f.printsLock.Lock()
	p := f.prints[name]
	f.printsLock.Unlock()
	if p == nil {
		return ""
	}
	p.Lock()
	defer p.Unlock()
	if p.settled && p.time.IsZero() && !(disk && f.Dir != "") {
		return p.text // embedded
	}
	if info, err := f.stat(name, disk); err == nil && p.of(info) {
		return p.text
	}
	return ""
}

// stat looks at a file without opening it.
func (f *Folder) stat(name string, disk bool) (fs.FileInfo, error) {
	if f.Dir != "" && disk {
		info, err := os.Stat(filepath.Join(f.Dir, filepath.FromSlash(name)))
		if err == nil || f.FS == nil {
			return info, err
		}
	}
	return fs.Stat(f.FS, path.Join(f.Name, name))
}

// printOf returns the fingerprint of the file called name, which may not be made yet.
func (f *Folder) printOf(name string) *print {
	f.printsLock.Lock()
	defer f.printsLock.Unlock()
	if p := f.prints[name]; p != nil {
		return p
	}
	if f.prints == nil {
		f.prints = map[string]*print{}
	}
	for other := range f.prints {
		if len(f.prints) < maxPrints {
			break
		}
		delete(f.prints, other)
	}
	p := &print{}
	f.prints[name] = p
	return p
}
