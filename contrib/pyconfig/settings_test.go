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

// modelFiles are classes with validators, types of pydantic, and models in one another.
var modelFiles = []string{
	`
class S(BaseSettings):
    HOSTS: str = "x"
    PORT: int = 1
    @field_validator("HOSTS")
    @classmethod
    def upper(cls, v):
        return v.upper()
    @field_validator("*", mode="before")
    def plain(cls, v):
        return v
    @model_validator(mode="after")
    def check(self):
        if self.PORT > 8000:
            self.PORT = 8000
        return self
s = S()
A = s.HOSTS, s.PORT
`, `
class S(BaseSettings):
    size: int = 9
    @field_validator("size")
    def small(cls, v):
        if v > 3:
            raise ValueError("too large")
        return v
try:
    S()
    A = "small"
except ValueError:
    A = "large"
`, `
class S(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", extra="ignore")
    size: int = 1
    key: SecretStr = "abc"
    mode: Literal["one", "two"] = "two"
    @computed_field
    @property
    def line(self) -> str:
        return f"{self.key.get_secret_value()} {self.key} {self.size}"
__s = S()
A = __s.line, __s.mode, str(__s.key)
`, `
class S(BaseSettings):
    mode: Literal["one", "two"] = "three"
__s = S()
`, `
class Kind(Enum):
    FAST = "fast"
    SLOW = "slow"
class S(BaseSettings):
    DEBUG: Kind = Kind.FAST
try:
    S()
    A = 1
except ValueError:
    A = 2
class T(BaseSettings):
    kind: Kind = "slow"
    either: Union[int, str] = "x"
    names: set[str] = {"a"}
    wait: timedelta = timedelta(hours=2)
__t = T()
A = A, __t.kind.name, __t.either, __t.names, __t.wait
`, `
class Pool(BaseModel):
    url: str
    size: int = 5
    tags: list[str] = Field(default_factory=list)
    @field_validator("tags", mode="before")
    @classmethod
    def split(cls, v):
        return v.split(",") if isinstance(v, str) else v
class All(BaseModel):
    pool: Pool = Pool(url="x")
    others: dict[str, Pool] = {}
__a = All(pool={"url": "y", "size": "7", "tags": "a,b"}, others={"z": {"url": "q"}}, unknown=1)
A = __a.model_dump(), __a.others["z"].size, All().pool.url
`, `
class Pool(BaseModel):
    size: int
try:
    Pool()
    A = 1
except ValueError:
    A = 2
`, `
class S(BaseSettings):
    page: AnyHttpUrl = "http://shop.example:8080/a?b=c"
    base: HttpUrl = "https://shop.example"
    db: PostgresDsn = "postgresql://u:p@h/db"
__s = S()
A = str(__s.page), str(__s.base), f"{__s.db}", str(AnyUrl("redis://h:6379/0")), __s.page.host, AnyUrl("https://u:p@h/").username
try:
    HttpUrl("redis://h")
except ValueError:
    B = "scheme"
`, `
class S(BaseSettings):
    HOSTS: PostgresDsn = "postgresql://h/db"
try:
    __s = S()
    A = "read"
except ValueError:
    A = "no address"
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
	for _, source := range append(append([]string{}, settingsFiles...), modelFiles...) {
		source = "from typing import List, Literal, Optional, Union\nfrom datetime import timedelta\nfrom enum import Enum\n" +
			"from pydantic import AnyHttpUrl, AnyUrl, BaseModel, Field, HttpUrl, PostgresDsn, SecretStr, computed_field, field_validator, model_validator\n" +
			"from pydantic_settings import BaseSettings, SettingsConfigDict\n" +
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
	source := []byte("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    PORT: int = 80\n    URL: RedisDsn = 'x'\n    KIND: str = 'a'\ns = S()\n")
	lookup := func(name string) (string, bool) { return "8080", name == "PORT" }
	err := pyconfig.Reader{Class: "s", LookupEnv: lookup}.Unmarshal(source, &map[string]any{})
	if err == nil || !strings.Contains(err.Error(), "URL: S.URL is not available; a setting of this type is not available") {
		t.Errorf("got the error %v", err)
	}
	source = []byte(strings.Replace(string(source), "    URL: RedisDsn = 'x'\n", "", 1))
	values := map[string]any{}
	if err := (pyconfig.Reader{Class: "s", LookupEnv: lookup}).Unmarshal(source, &values); err != nil {
		t.Fatal(err)
	}
	if values["PORT"] != int64(8080) || values["KIND"] != "a" || len(values) != 2 {
		t.Errorf("got %v", values)
	}
}
