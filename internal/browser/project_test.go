package browser_test

import "testing"

// TestNewProgram goes through a program of dewar new with a database.
func TestNewProgram(t *testing.T) {
	t.Parallel()
	p := runShop(t, "FLASK_DEBUG=0")
	p.visit("/")
	p.sees("Shop is running.")
	p.looks("new program")
	p.push("Register")
	p.comesTo("/auth/register")
	p.looks("new program register")
	p.enter("Name", "ann", "correct horse")
	p.sees("Welcome, ann.")
	p.looks("new program with a user")
	p.push("Your account")
	p.comesTo("/account")
	p.looks("new program account")
	p.to("Log out")
	p.press(" ")
	p.comesTo("/")
	p.sees("Register")

	p.visit("/account")
	p.comesTo("/auth/login")
	p.enter("Name", "ann", "wrong password")
	p.sees("Wrong name or password.")
	p.looks("new program login with an error")
	p.enter("Name", "ann", "correct horse")
	p.comesTo("/account")
	p.visit("/auth/register")
	p.enter("Name", "ann", "correct horse")
	p.sees("The name ann is taken.")
}
