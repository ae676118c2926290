package pyconfig_test

import (
	"fmt"

	"github.com/dewar-go/dewar/contrib/pyconfig"
)

func ExampleUnmarshal() {
	source := []byte(`
import os
from datetime import timedelta

basedir = os.path.dirname(__file__)

DEBUG = True
secret_key = "ignored"
PERMANENT_SESSION_LIFETIME = timedelta(days=31)
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.path.join(basedir, "app.db")
`)
	values := map[string]any{"__file__": "/srv/shop/config.py"}
	if err := pyconfig.Unmarshal(source, &values); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values["DEBUG"])
	fmt.Println(values["secret_key"]) // dewar's FromFile does not take lower-case names
	fmt.Println(values["PERMANENT_SESSION_LIFETIME"])
	fmt.Println(values["SQLALCHEMY_DATABASE_URI"])
	// Output:
	// true
	// ignored
	// 744h0m0s
	// sqlite:////srv/shop/app.db
}

func ExampleUnmarshal_error() {
	source := []byte("import boto3\n\nBUCKETS = boto3.client(\"s3\")\n")
	fmt.Println(pyconfig.Unmarshal(source, &map[string]any{}))
	// Output:
	// config.py:3: boto3 is not available; do it in Go and set the key there
}

func ExampleClass() {
	source := []byte(`
class Config:
    DEBUG = False
    MAIL_PORT = 25

class ProductionConfig(Config):
    MAIL_PORT = 587

config = {"default": ProductionConfig}
`)
	values := map[string]any{}
	if err := pyconfig.Class("ProductionConfig")(source, &values); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values)
	// Output:
	// map[DEBUG:false MAIL_PORT:587]
}

func ExampleReader() {
	r := pyconfig.Reader{LookupEnv: func(name string) (string, bool) {
		return "8080", name == "PORT"
	}}
	values := map[string]any{}
	if err := r.Unmarshal([]byte("import os\nPORT = int(os.environ.get('PORT', 5000))\n"), &values); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values["PORT"])
	// Output:
	// 8080
}

func ExampleReader_warnings() {
	r := pyconfig.Reader{Warn: func(text string) { fmt.Println(text) }}
	err := r.Unmarshal([]byte("import os\nSECRET_KEY = os.urandom(24)\n"), &map[string]any{})
	fmt.Println(err)
	// Output:
	// config.py: SECRET_KEY is new at every start, so each process has another: put it into the environment
	// <nil>
}
