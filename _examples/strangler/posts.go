package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
)

// A Post is an article, with the name of its picture, or "".
type Post struct {
	ID       int64
	AuthorID int64
	Author   string
	Created  time.Time
	Title    string
	Body     string
	Picture  string
}

// posts are read by all, and written by users.
func (b *blog) posts() *dewar.Blueprint {
	bp := dewar.NewBlueprint("posts")
	both, member := dewar.Methods("GET", "POST"), dewar.Before(b.users.Required)
	bp.Get("/", b.index)
	bp.Get("/posts/{id:int}", b.show)
	bp.Route("/posts/new", b.new, both, member)
	bp.Route("/posts/{id:int}/edit", b.edit, both, member)
	bp.Post("/posts/{id:int}/delete", b.delete, member)
	bp.Get("/pictures/{name}", b.picture)
	return bp
}

func (b *blog) index(c *dewar.Context) error {
	page := pageNumber(c)
	posts, next, err := b.findPosts(c, page)
	if err != nil {
		return err
	}
	return c.Render("posts/index.html", dewar.Map{"posts": posts, "page": page, "next_page": next})
}

func (b *blog) show(c *dewar.Context) error {
	post, err := b.findPost(c, c.Params().Int64("id"))
	if err != nil {
		return err
	}
	return c.Render("posts/show.html", dewar.Map{"post": post})
}

func (b *blog) new(c *dewar.Context) error {
	form, picture, ok := b.postForm(c, &Post{})
	if !ok {
		return c.Render("posts/edit.html", dewar.Map{"form": form, "post": nil})
	}
	name, err := b.savePicture(picture)
	if err != nil {
		return err
	}
	id, err := b.addPost(c, b.users.MustCurrent(c).ID, c.Form().String("title"), c.Form().String("body"), name)
	if err != nil {
		return err
	}
	b.flash(c, "Your post is published.")
	return c.RedirectTo("posts.show", "id", id)
}

func (b *blog) edit(c *dewar.Context) error {
	post, err := b.ownPost(c)
	if err != nil {
		return err
	}
	form, picture, ok := b.postForm(c, post)
	if !ok {
		return c.Render("posts/edit.html", dewar.Map{"form": form, "post": post})
	}
	name, err := b.savePicture(picture)
	if err != nil {
		return err
	}
	_, err = b.db.ExecContext(c, "UPDATE post SET title = ?, body = ?, picture = coalesce(nullif(?, ''), picture) WHERE id = ?",
		c.Form().String("title"), c.Form().String("body"), name, post.ID)
	if err != nil {
		return err
	}
	b.flash(c, "Your post is changed.")
	return c.RedirectTo("posts.show", "id", post.ID)
}

func (b *blog) delete(c *dewar.Context) error {
	post, err := b.ownPost(c)
	if err != nil {
		return err
	}
	if _, err := b.db.ExecContext(c, "DELETE FROM post WHERE id = ?", post.ID); err != nil {
		return err
	}
	b.flash(c, "Your post is deleted.")
	return c.RedirectTo("posts.index")
}

func (b *blog) picture(c *dewar.Context) error {
	return c.SendFromFS(os.DirFS(b.config.String("UPLOAD_FOLDER")), c.Params().String("name"))
}

// postForm is the form of a post, filled in with what it has so far, and the picture that was sent with it.
func (b *blog) postForm(c *dewar.Context, post *Post) (form Form, picture *multipart.FileHeader, ok bool) {
	title := field("title", "Title", required("A title is needed."), atMost(80, "This is too long."))
	body, file := field("body", "Text"), field("picture", "Picture")
	title.Data, body.Data = post.Title, post.Body
	form, ok = b.form(c, title, body, file)
	picture, fits := b.upload(c, file, "A picture is a PNG, JPEG or GIF.", ".png", ".jpg", ".gif")
	return form, picture, ok && fits
}

// savePicture keeps an uploaded picture under a new name, and returns that; "" when there is none.
func (b *blog) savePicture(file *multipart.FileHeader) (string, error) {
	if file == nil {
		return "", nil
	}
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	name := hex.EncodeToString(random) + strings.ToLower(filepath.Ext(file.Filename))
	_, err := dewar.SaveUpload(file, b.config.String("UPLOAD_FOLDER"), dewar.SaveAs(name))
	return name, err
}

const selectPost = `SELECT post.id, author_id, username, created, title, body, coalesce(picture, '')
	FROM post JOIN user ON user.id = author_id `

// fields are where the columns of selectPost go.
func (p *Post) fields() []any {
	return []any{&p.ID, &p.AuthorID, &p.Author, &p.Created, &p.Title, &p.Body, &p.Picture}
}

func pageNumber(c *dewar.Context) int {
	return max(dewar.ValueOr(c.Query(), "page", 1), 1)
}

// findPosts returns the posts of a page, the newest first, and the number of the next page or 0.
func (b *blog) findPosts(ctx context.Context, page int) (posts []*Post, next int, err error) {
	size := b.config.Int("POSTS_PER_PAGE")
	rows, err := b.db.QueryContext(ctx, selectPost+"ORDER BY post.id DESC LIMIT ? OFFSET ?", size+1, (page-1)*size)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		post := new(Post)
		if err := rows.Scan(post.fields()...); err != nil {
			return nil, 0, err
		}
		posts = append(posts, post)
	}
	if len(posts) > size {
		posts, next = posts[:size], page+1
	}
	return posts, next, rows.Err()
}

// findPost returns one post, or a 404.
func (b *blog) findPost(ctx context.Context, id int64) (*Post, error) {
	post := new(Post)
	err := b.db.QueryRowContext(ctx, selectPost+"WHERE post.id = ?", id).Scan(post.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, dewar.Abort(http.StatusNotFound)
	}
	return post, err
}

// ownPost returns the post that the URL names: a 404 when there is none, a 403 when someone else wrote it.
func (b *blog) ownPost(c *dewar.Context) (*Post, error) {
	post, err := b.findPost(c, c.Params().Int64("id"))
	if err == nil && post.AuthorID != b.users.MustCurrent(c).ID {
		return nil, dewar.Abort(http.StatusForbidden)
	}
	return post, err
}

func (b *blog) addPost(ctx context.Context, author int64, title, body string, picture string) (int64, error) {
	result, err := b.db.ExecContext(ctx, "INSERT INTO post (author_id, title, body, picture) VALUES (?, ?, ?, nullif(?, ''))", author, title, body, picture)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}
