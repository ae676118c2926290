package dewar_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"reflect"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

type (
	row struct {
		Name  string   `form:"name" required:"true" maxlength:"5"`
		Price float64  `form:"price" min:"0" message.type:"A price is a number."`
		Tags  []string `form:"tag"`
		Count int      `form:"count" default:"1"`
		Sub   []row    `form:"sub"`
		Admin bool
	}
	basket struct {
		Items []row             `form:"items" maxitems:"3"`
		Main  *row              `form:"main"`
		Attrs map[string]string `form:"attrs"`
		By    map[string]row    `form:"by"`
		Plain string            `form:"plain"`
	}
)

func (r *row) Validate() error {
	if r.Name == "no" {
		return dewar.FieldError{Field: "name", Detail: "is no name"}
	}
	return nil
}

func TestBindLeadsIntoForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		want       basket
		wrong      string
	}{
		{"rows", "items[0].name=a&items[0].price=1.5&items[1].name=b&items[1].tag=x&items[1].tag=y", basket{Items: []row{{Name: "a", Price: 1.5, Count: 1}, {Name: "b", Tags: []string{"x", "y"}, Count: 1}}}, ""},
		{"in brackets", "items[0][name]=a&items[0][sub][3][name]=c", basket{Items: []row{{Name: "a", Count: 1, Sub: []row{{Name: "c", Count: 1}}}}}, ""},
		{"gaps and numbers that cost nothing", "items[7].name=a&items[999999999].name=b", basket{Items: []row{{Name: "a", Count: 1}, {Name: "b", Count: 1}}}, ""},
		{"their order is that of the numbers", "items[10].name=b&items[9].name=a", basket{Items: []row{{Name: "a", Count: 1}, {Name: "b", Count: 1}}}, ""},
		{"one struct", "main.name=a&main[count]=7", basket{Main: &row{Name: "a", Count: 7}}, ""},
		{"maps", "attrs[colour]=red&attrs.size=xl&by[x].name=a&by[x].count=2", basket{Attrs: map[string]string{"colour": "red", "size": "xl"}, By: map[string]row{"x": {Name: "a", Count: 2}}}, ""},
		{"what leads nowhere", "items=x&items[]=x&items[-1].name=x&items[01].name=x&items[a].name=x&items[0=x&items]0[=x&plain=p&plain[0]=x&items[0].Admin=1&items[0].name=a", basket{Items: []row{{Name: "a", Count: 1}}, Plain: "p"}, ""},
		{"all that is wrong, as the client named it", "items[0].name=&items[4][name]=toolong&items[4][price]=x&items[5].price=-1&main[name]=no&by[secret].name=toolong", basket{},
			"items[0].name: empty; items[4][name]: must have at most 5 characters; items[4][price]: A price is a number.; items[5].name: missing; items[5].price: must be at least 0; main.name: is no name; by[*].name: must have at most 5 characters"},
		{"a text that cannot be converted in a map", "by[secret].name=a&by[secret].price=x", basket{}, "by[*].price: A price is a number."},
		{"two spellings of one name", "items[0].name=a&items[0][name]=b", basket{}, "items[0].name: given more than once"},
		{"two spellings of a key", "attrs[a]=1&attrs.a=2", basket{}, "attrs[*]: given more than once"},
		{"what leads further than a map of texts", "attrs[x][y]=1&attrs[a][b]=1&attrs[a]=2&=stray", basket{Attrs: map[string]string{"a": "2"}}, ""},
		{"nothing but what leads further", "attrs[x][y]=1", basket{}, ""},
		{"too many", "items[0].name=a&items[1].name=b&items[2].name=c&items[3].name=d", basket{}, "items: must have at most 3 items"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got basket
			err := bind(t, form(tt.body), &got)
			if tt.wrong != "" {
				for _, want := range strings.Split(tt.wrong, "; ") {
					if err == nil || !strings.Contains(err.Error(), want) {
						t.Errorf("got %v, want %q", err, want)
					}
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

func TestBindLeadsIntoFormsWithFiles(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	part, err := parts.CreateFormFile("photos[0].file", "a.png")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, "x")
	_ = parts.WriteField("photos[0].title", "A cat")
	if _, err := parts.CreateFormFile("attrs[size]", "b.png"); err != nil { // where a text should be
		t.Fatal(err)
	}
	_ = parts.Close()
	var v struct {
		Photos []struct {
			Title string                `form:"title"`
			File  *multipart.FileHeader `form:"file" required:"true" accept:".png"`
		} `form:"photos"`
		Attrs map[string]string `form:"attrs"`
	}
	if err := bind(t, sent{contentType: parts.FormDataContentType(), body: body.String()}, &v); err != nil || len(v.Photos) != 1 || v.Photos[0].Title != "A cat" || v.Photos[0].File.Filename != "a.png" || len(v.Attrs) != 0 {
		t.Errorf("got %+v, %v", v, err)
	}
}
