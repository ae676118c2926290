package problem

// Describe returns what the status means to whoever reads the page, or "" for a status that has no such description.
// Those that have one are Werkzeug's.
func Describe(status int) string {
	switch status {
	case 400:
		return "The server could not make sense of this request."
	case 401:
		return "This page needs a login. The credentials are missing or wrong, or the browser did not send them."
	case 403:
		return "You are not allowed to see or change this. It may be protected against reading."
	case 404:
		return "There is nothing at this address. If you typed it, please check the spelling."
	case 405:
		return "This address does not answer requests of that method."
	case 406:
		return "The server has nothing here in a form that the client accepts."
	case 408:
		return "The request did not arrive in time, so the server closed the connection."
	case 409:
		return "The request conflicts with another one. What it is about may have changed in the meantime."
	case 410:
		return "This address existed once and is gone for good. If a link led here, please tell its author."
	case 411:
		return "A request of this method must say how long its body is, in the header Content-Length."
	case 412:
		return "A condition that the request makes does not hold."
	case 413:
		return "The request is larger than the server allows."
	case 414:
		return "The address is longer than the server allows."
	case 415:
		return "The server does not take data of that type here."
	case 416:
		return "The requested range is not part of the file."
	case 417:
		return "The server cannot do what the header Expect asks for."
	case 418:
		return "This server is a teapot and makes no coffee."
	case 421:
		return "This server cannot answer for that address."
	case 422:
		return "The request is well formed, but what it says cannot be carried out."
	case 423:
		return "This is locked at the moment."
	case 424:
		return "The request depends on another one that failed."
	case 428:
		return "This request must name its condition, in If-Match or If-Unmodified-Since."
	case 429:
		return "There were too many requests. Please try again later."
	case 431:
		return "The headers of the request are larger than the server allows."
	case 451:
		return "This is not available for legal reasons."
	case 500:
		return "Something went wrong on the server, or it is overloaded. It is not your fault."
	case 501:
		return "The server cannot do what was asked for."
	case 502:
		return "The server behind this one gave no valid answer."
	case 503:
		return "The server cannot answer right now, because of maintenance or too much work. Please try again later."
	case 504:
		return "The server behind this one did not answer in time."
	case 505:
		return "The server does not speak that version of HTTP."
	}
	return ""
}
