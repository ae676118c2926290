package main

// The promises, in the words of SECURITY.md.
const (
	failClosed     = "Sessions fail closed"
	verified       = "Cookies are verified first"
	noCrossPosts   = "Other sites cannot post (CSRF)"
	hostAndClient  = "The host and the client are not what a header says"
	bounded        = "Input is bounded"
	onSite         = "URLs and redirects that dewar builds stay on the site"
	noSplitHeader  = "No header is split"
	uploadsInside  = "Uploads stay in their folder"
	staticInside   = "Static files stay in their folder"
	noHalfPages    = "No half pages"
	insidesHidden  = "The insides show on this machine alone"
	noSecret       = "No secret is printed"
	noMixing       = "Requests do not mix"
	notCached      = "Caches keep no session"
	othersUnharmed = "One client does not harm the others"
	nothingLeft    = "A request leaves nothing behind"
	nothingDropped = "A stop drops no request"
)

// promises are all of them, in the order of SECURITY.md.
var promises = []string{
	failClosed, verified, noCrossPosts, hostAndClient, bounded, onSite, noSplitHeader, uploadsInside, staticInside, noHalfPages,
	insidesHidden, noSecret, noMixing, notCached, othersUnharmed, nothingLeft, nothingDropped,
}
