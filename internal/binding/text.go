package binding

import "strings"

// Text returns what is said of a value that does not keep a rule.
func Text(rule, limit string) string {
	switch rule {
	case "min":
		return "must be at least %(limit)s"
	case "max":
		return "must be at most %(limit)s"
	case "above":
		return "must be more than %(limit)s"
	case "below":
		return "must be less than %(limit)s"
	case "minlength":
		return plural(limit, "must have at least %(limit)s character", "s")
	case "maxlength":
		return plural(limit, "must have at most %(limit)s character", "s")
	case "minitems":
		return plural(limit, "must have at least %(limit)s item", "s")
	case "maxitems":
		return plural(limit, "must have at most %(limit)s item", "s")
	case "unique":
		return "must not have an item twice"
	case "enum":
		return "must be one of %(limit)s"
	case "noneof":
		return "must not be one of %(limit)s"
	case "eqfield":
		return "must be equal to %(limit)s"
	case "accept":
		return "must be a file that ends in one of %(limit)s"
	case "maxsize":
		return "must be at most %(limit)s large"
	case "format":
		return formatText(limit)
	}
	return "does not have the form it must have"
}

func plural(limit, one, s string) string {
	if limit == "1" {
		return one
	}
	return one + s
}

func formatText(format string) string {
	switch format {
	case "email":
		return "must be an email address"
	case "url":
		return "must be a URL such as https://example.com/"
	case "uuid":
		return "must be a UUID"
	case "hostname":
		return "must be the name of a host"
	case "mac":
		return "must be a MAC address"
	}
	return "must be an IP address"
}

// Fill puts the limit of a rule into a text.
func Fill(text, limit string) string { return strings.ReplaceAll(text, "%(limit)s", limit) }
