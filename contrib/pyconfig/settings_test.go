package pyconfig_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/pyconfig"
)

// settingsFiles are classes of settings, each with the object "s" whose fields count.
var settingsFiles = []string{
	`
class S(BaseSettings):
    PORT: int = 5000
    host: str = "localhost"
    RATIO: float = 1
    debug: bool = False
    QUIET: Optional[str] = None
    NAMES: List[str] = ["a"]
    LIMITS: dict[str, int] = {}
    _hidden: int = 1
s = S()
A = s.PORT + 1
B = s.model_dump()
`, `
class S(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", case_sensitive=False)
    size: int = 1
    title: str | None = None
    tags: list[str] = Field(default_factory=list)
    on: bool = Field(False, description="whether")
    @property
    def url(self):
        return f"http://{self.title}:{self.size}"
s = S()
A = s.url
B = s.tags
`, `
class S(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="shop_", case_sensitive=True)
    size: int = 1
s = S(size=7)
`, `
class S(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")
    FROM_FILE: str
    PORT: int = 1
class Prod(S):
    PORT: int = 2
    EXTRA: str = "x"
s = Prod()
`, `
class S(BaseSettings):
    class Config:
        env_prefix = "SHOP_"
    size: int = Field(1, ge=1, le=10)
s = S()
`, `
class S(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    FROM_FILE: str
s = S()
`, `
class S(BaseSettings):
    MISSING: str
try:
    s = S()
except ValueError:
    A = "missing"
`, `
class S(BaseSettings):
    MISSING: str = Field(...)
s = S()
`, `
class S(BaseSettings):
    HOSTS: int = 1
s = S()
`, `
class S(BaseSettings):
    PORT: int = Field(1, le=10)
s = S()
`, `
class S(BaseSettings):
    HOST_LIST: list[int] = Field(default=[1], alias="shop_list")
s = S()
`, `
class S(BaseSettings):
    PORT: int = 1
A = S.PORT
`, `
class S(BaseSettings):
    PORT: int = 1
    OTHER = 2
s = S()
A = s.PORT
`,
}

// TestSettingsAgreeWithPydantic compares classes of settings with pydantic, where Python has it.
func TestSettingsAgreeWithPydantic(t *testing.T) {
	t.Parallel()
	if exec.Command("python3", "-c", "import pydantic_settings").Run() != nil {
		t.Skip("python3 has no pydantic_settings")
	}
	dir := folder(t, map[string]string{".env": "FROM_FILE=one\nPORT=9\nUNKNOWN=2\n"})
	env := map[string]string{"PORT": "8080", "HOST": "db", "DEBUG": "yes", "NAMES": `["x", "y"]`, "LIMITS": `{"a": 1}`,
		"SHOP_SIZE": "4", "SHOP_TITLE": "t", "shop_list": "[3]", "HOSTS": "a"}
	var jobs []job
	for _, source := range settingsFiles {
		source = "from typing import List, Optional\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n" +
			strings.ReplaceAll(source, `".env"`, `"`+filepath.ToSlash(filepath.Join(dir, ".env"))+`"`)
		if strings.Contains(source, "\ns = ") { // pydantic's object can be looped over, which is no value here
			source += "DUMP = s.model_dump()\ndel s\n"
		}
		jobs = append(jobs, job{File: filepath.Join(dir, "config.py"), Source: source, Env: env})
	}
	compare(t, jobs)
}

// TestAnObjectIsReadLikeAClass names an object of the file, as from_object does.
func TestAnObjectIsReadLikeAClass(t *testing.T) {
	t.Parallel()
	source := []byte("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    PORT: int = 80\n    URL: PostgresDsn = 'x'\n    KIND: str = 'a'\ns = S()\n")
	lookup := func(name string) (string, bool) { return "8080", name == "PORT" }
	err := pyconfig.Reader{Class: "s", LookupEnv: lookup}.Unmarshal(source, &map[string]any{})
	if err == nil || !strings.Contains(err.Error(), "URL: S.URL is not available; a setting of this type is not available") {
		t.Errorf("got the error %v", err)
	}
	source = []byte(strings.Replace(string(source), "    URL: PostgresDsn = 'x'\n", "", 1))
	values := map[string]any{}
	if err := (pyconfig.Reader{Class: "s", LookupEnv: lookup}).Unmarshal(source, &values); err != nil {
		t.Fatal(err)
	}
	if values["PORT"] != int64(8080) || values["KIND"] != "a" || len(values) != 2 {
		t.Errorf("got %v", values)
	}
}
