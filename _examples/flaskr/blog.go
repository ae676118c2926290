package main

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// Post is an article of the blog.
type Post struct {
	ID       int64
	AuthorID int64
	Author   string
	Created  time.Time // in UTC
	Title    string
	Body     string
}

// blog is the part where posts are read and written.
type blog struct {
	db *sql.DB
}

func blogBlueprint(db *sql.DB) *dewar.Blueprint {
	b := &blog{db}
	bp := dewar.NewBlueprint("blog")
	bp.Get("/", b.index)
	bp.Route("/create", b.create, dewar.Methods("GET", "POST"), dewar.Before(loginRequired))
	bp.Route("/{id:int}/update", b.update, dewar.Methods("GET", "POST"), dewar.Before(loginRequired))
	bp.Post("/{id:int}/delete", b.delete, dewar.Before(loginRequired))
	return bp
}

func (b *blog) index(c *dewar.Context) error {
	posts, err := b.posts(c)
	if err != nil {
		return err
	}
	return c.Render("blog/index.html", dewar.Map{"posts": posts})
}

func (b *blog) create(c *dewar.Context) error {
	if c.Request.Method != http.MethodPost {
		return c.Render("blog/create.html", nil)
	}
	title, body, err := article(c)
	if err != nil {
		return err
	}
	if strings.TrimSpace(title) == "" {
		c.Flash("Title is required.")
		return c.Render("blog/create.html", dewar.Map{"title": title, "body": body})
	}
	_, err = b.db.ExecContext(c, "INSERT INTO post (author_id, title, body) VALUES (?, ?, ?)",
		currentUser.Get(c).ID, title, body)
	if err != nil {
		return err
	}
	return c.RedirectTo("blog.index")
}

func (b *blog) update(c *dewar.Context) error {
	post, err := b.ownPost(c)
	if err != nil {
		return err
	}
	if c.Request.Method != http.MethodPost {
		return c.Render("blog/update.html", dewar.Map{"post": post, "title": post.Title, "body": post.Body})
	}
	title, body, err := article(c)
	if err != nil {
		return err
	}
	if strings.TrimSpace(title) == "" {
		c.Flash("Title is required.")
		return c.Render("blog/update.html", dewar.Map{"post": post, "title": title, "body": body})
	}
	_, err = b.db.ExecContext(c, "UPDATE post SET title = ?, body = ? WHERE id = ?", title, body, post.ID)
	if err != nil {
		return err
	}
	return c.RedirectTo("blog.index")
}

func (b *blog) delete(c *dewar.Context) error {
	post, err := b.ownPost(c)
	if err != nil {
		return err
	}
	if _, err := b.db.ExecContext(c, "DELETE FROM post WHERE id = ?", post.ID); err != nil {
		return err
	}
	return c.RedirectTo("blog.index")
}

// article returns the fields of the two forms. One that is missing altogether is a 400.
func article(c *dewar.Context) (title, body string, err error) {
	title, err = dewar.Require[string](c.Form(), "title")
	if err != nil {
		return "", "", err
	}
	body, err = dewar.Require[string](c.Form(), "body")
	return title, body, err
}

// ownPost returns the post that the URL names: a 404 when there is none, a 403 when someone else wrote it.
func (b *blog) ownPost(c *dewar.Context) (*Post, error) {
	id := c.Params().Int64("id")
	post, err := b.post(c, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, dewar.Abortf(http.StatusNotFound, "Post id %d doesn't exist.", id)
	}
	if err != nil {
		return nil, err
	}
	if post.AuthorID != currentUser.Get(c).ID {
		return nil, dewar.Abort(http.StatusForbidden)
	}
	return post, nil
}

const selectPost = `SELECT post.id, author_id, username, created, title, body
	FROM post JOIN user ON user.id = author_id `

// fields are where the columns of selectPost go.
func (p *Post) fields() []any {
	return []any{&p.ID, &p.AuthorID, &p.Author, &p.Created, &p.Title, &p.Body}
}

// posts returns all posts, the newest first. Those of the same second go by their ids.
func (b *blog) posts(ctx context.Context) ([]*Post, error) {
	rows, err := b.db.QueryContext(ctx, selectPost+"ORDER BY created DESC, post.id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var posts []*Post
	for rows.Next() {
		post := new(Post)
		if err := rows.Scan(post.fields()...); err != nil {
			return nil, err
		}
		posts = append(posts, post)
	}
	return posts, rows.Err()
}

// post returns one post, or sql.ErrNoRows.
func (b *blog) post(ctx context.Context, id int64) (*Post, error) {
	post := new(Post)
	return post, b.db.QueryRowContext(ctx, selectPost+"WHERE post.id = ?", id).Scan(post.fields()...)
}
