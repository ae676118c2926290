package login

// User is what a [Manager] and templates ask of a user. Embed [UserMixin] to have it. A user who is not active or not
// authenticated is nobody: [Manager.Current] does not return him, and [Manager.Login] refuses one who is not active.
type User interface {
	// IsAuthenticated reports whether this is somebody who has proved who he is.
	IsAuthenticated() bool
	// IsActive reports whether the account may be used: false for one that is locked or not confirmed.
	IsActive() bool
	// IsAnonymous is false; it is true for [AnonymousUser].
	IsAnonymous() bool
}

// UserMixin is for embedding in the type of an application's users, who are authenticated and active then. Write a method
// IsActive of your own for accounts that can be locked.
type UserMixin struct{}

// IsAuthenticated returns true.
func (UserMixin) IsAuthenticated() bool { return true }

// IsActive returns true.
func (UserMixin) IsActive() bool { return true }

// IsAnonymous returns false.
func (UserMixin) IsAnonymous() bool { return false }

// AnonymousUser is the current_user of templates while nobody is logged in. Embed it in a type that has more for them, and
// give that to Manager.Anonymous.
type AnonymousUser struct{}

// IsAuthenticated returns false.
func (AnonymousUser) IsAuthenticated() bool { return false }

// IsActive returns false.
func (AnonymousUser) IsActive() bool { return false }

// IsAnonymous returns true.
func (AnonymousUser) IsAnonymous() bool { return true }

var (
	_ User = UserMixin{}
	_ User = AnonymousUser{}
)
