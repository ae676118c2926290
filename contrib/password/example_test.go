package password_test

import (
	"context"
	"fmt"

	"github.com/dewar-go/dewar/contrib/password"
)

// One Hasher serves the whole program.
func ExampleHasher() {
	ctx := context.Background() // in a view: the *dewar.Context
	var passwords password.Hasher

	hash, err := passwords.Hash(ctx, "correct horse")
	if err != nil {
		panic(err)
	}
	ok, err := passwords.Check(ctx, hash, "correct horse")
	fmt.Println(hash[:17], ok, err)
	// Output: scrypt:32768:8:1$ true <nil>
}

// A login that tells nobody which names exist, and that stores a new hash when the costs have risen.
func ExampleHasher_Check() {
	ctx := context.Background()
	var passwords password.Hasher
	stored := map[string]string{"ada": "pbkdf2:sha256:1000$2c0aVYKU$0f7d104c9c65d8d175fa802837e6faea390995752735a9320c0b5cfdb27b141b"}

	login := func(name, typed string) bool {
		ok, err := passwords.Check(ctx, stored[name], typed) // an unknown name has the empty hash
		if err != nil || !ok {
			return false
		}
		if passwords.NeedsRehash(stored[name]) {
			if hash, err := passwords.Hash(ctx, typed); err == nil {
				stored[name] = hash
			}
		}
		return true
	}
	fmt.Println(login("ada", "wrong"), login("nobody", "correct horse"), login("ada", "correct horse"))
	fmt.Println(stored["ada"][:17])
	// Output:
	// false false true
	// scrypt:32768:8:1$
}
