package main

import (
	"context"
	"net/http"

	"github.com/dewar-go/dewar"
)

// admin is for the admin alone.
func (b *blog) admin() *dewar.Blueprint {
	bp := dewar.NewBlueprint("admin", dewar.URLPrefix("/admin"))
	bp.BeforeRequest(b.users.Required, b.adminsOnly)
	bp.Get("/", b.listUsers, dewar.Endpoint("index"))
	bp.Post("/users/{id:int}/block", b.block)
	return bp
}

func (b *blog) adminsOnly(c *dewar.Context) error {
	if !b.users.MustCurrent(c).Admin {
		return dewar.Abort(http.StatusForbidden)
	}
	return nil
}

func (b *blog) listUsers(c *dewar.Context) error {
	users, err := b.findUsers(c)
	if err != nil {
		return err
	}
	return c.Render("admin/index.html", dewar.Map{"users": users})
}

// findUsers returns all users by their names, with the number of their posts.
func (b *blog) findUsers(ctx context.Context) (users []*User, err error) {
	rows, err := b.db.QueryContext(ctx, `SELECT user.id, username, blocked, count(post.id)
		FROM user LEFT JOIN post ON author_id = user.id GROUP BY user.id ORDER BY username`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		u := new(User)
		if err := rows.Scan(&u.ID, &u.Username, &u.Blocked, &u.Posts); err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, rows.Err()
}

func (b *blog) block(c *dewar.Context) error {
	user, err := b.findUser(c, "id", c.Params().Int64("id"))
	switch {
	case err != nil:
		return err
	case user == nil:
		return dewar.Abort(http.StatusNotFound)
	case user.ID == b.users.MustCurrent(c).ID:
		return dewar.Abort(http.StatusForbidden)
	}
	if _, err := b.db.ExecContext(c, "UPDATE user SET blocked = NOT blocked WHERE id = ?", user.ID); err != nil {
		return err
	}
	message := "%(name)s is blocked."
	if user.Blocked {
		message = "%(name)s may log in again."
	}
	b.flash(c, message, "name", user.Username)
	return c.RedirectTo("admin.index")
}
