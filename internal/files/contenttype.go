package files

import (
	"path"
	"strings"
)

// contentTypes are the types of files by their extension. The table of the machine is not asked, so that an
// application serves the same everywhere.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".htm": "text/html; charset=utf-8",
	".xhtml": "application/xhtml+xml; charset=utf-8", ".xml": "application/xml; charset=utf-8",
	".rss": "application/rss+xml; charset=utf-8", ".atom": "application/atom+xml; charset=utf-8",
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".wasm": "application/wasm",
	".txt": "text/plain; charset=utf-8", ".log": "text/plain; charset=utf-8",
	".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8",
	".ics": "text/calendar; charset=utf-8", ".vcf": "text/vcard; charset=utf-8",
	".vtt": "text/vtt; charset=utf-8", ".yaml": "application/yaml", ".yml": "application/yaml",

	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
	".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon",
	".bmp": "image/bmp", ".tif": "image/tiff", ".tiff": "image/tiff",

	".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf",

	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg",
	".wav": "audio/wav", ".flac": "audio/flac", ".mp4": "video/mp4", ".m4v": "video/mp4",
	".webm": "video/webm", ".ogv": "video/ogg", ".mov": "video/quicktime",

	".pdf": "application/pdf", ".epub": "application/epub+zip", ".rtf": "application/rtf",
	".zip": "application/zip", ".gz": "application/gzip", ".tar": "application/x-tar",
	".bz2": "application/x-bzip2", ".xz": "application/x-xz", ".7z": "application/x-7z-compressed",
	".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

// encodings are how a file is packed, by its last extension, and shortcuts the extensions that say two things at once.
var (
	encodings = map[string]string{".gz": "gzip", ".Z": "compress", ".bz2": "bzip2", ".xz": "xz", ".br": "br"}
	shortcuts = map[string]string{
		".svgz": ".svg.gz", ".tgz": ".tar.gz", ".taz": ".tar.gz", ".tz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz",
	}
)

// TypeOf returns the Content-Type of a file by its name, application/octet-stream when it is unknown, and the
// Content-Encoding if the name says that the file is packed: table.csv.gz is text/csv, in gzip. Python's mimetypes see
// it so.
func TypeOf(name string) (contentType, encoding string) {
	ext := path.Ext(name)
	if long, ok := shortcuts[ext]; ok {
		name = strings.TrimSuffix(name, ext) + long
		ext = path.Ext(name)
	}
	if encoding = encodings[ext]; encoding != "" {
		ext = path.Ext(strings.TrimSuffix(name, ext))
	}
	if contentType = TypeOfExtension(strings.ToLower(ext)); contentType == "" {
		contentType = "application/octet-stream"
	}
	return contentType, encoding
}

// TypeOfExtension returns the Content-Type that goes with an extension in lower case, ".html", or "".
func TypeOfExtension(ext string) string { return contentTypes[ext] }
