# Needs Go and make alone; only race and check need a C compiler as well. `make help` lists the targets.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
REQUIRES    = github.com/go-chi/chi/v5 github.com/gorilla/securecookie github.com/spf13/cast

FUZZ     = ^Fuzz
FUZZTIME = 20s
BENCH    = .
COUNT    = 1
ROUNDS   = 20
FOR      = 8m
REQUESTS = 1000000
ATTACKS  = all
WHOLE    = 8m/1000000/all

# Every folder with a go.mod: the core, the modules of contrib/, those of _examples/ (which ./... would pass over).
MODULES = $(filter-out %/testdata,$(patsubst %/,%,$(sort $(dir $(wildcard go.mod */go.mod */*/go.mod */*/*/go.mod)))))

# Where sessions on a server are tested against real ones.
STORES = sessionstore contrib/redisstore contrib/sqlstore bench/storesiege

# Modules whose tests hold real servers to the second, which the race detector would break, or only look at other programs,
# into which it does not see. They run without it. So do those that start no goroutine, whose random rounds it would only make
# slower: of them it looks at what several goroutines share. A package of the core that starts none is left to long.
UNRACED = bench internal/browser _examples/cluster _examples/guide contrib/password contrib/pyconfig contrib/sqlstore contrib/vet
ALONE   = /(flaskcookie|contrib/jinja/internal/(engine|escape|filters))$$
SHARED  = Goroutines|AtOnce|WhatOneRendering

# A workspace or a C compiler of the machine must not change what is built and tested.
export GOWORK      = off
export CGO_ENABLED = 0

# each runs a command in every module, or in those that are named behind it. It goes on after a failure, and ends with the names of the modules that failed.
define each
@failed=; \
for module in $(or $(2),$(MODULES)); do \
	echo "==> $$module: $@"; \
	(cd $$module && $(1)) || failed="$$failed $$module"; \
done; \
[ -z "$$failed" ] || { echo "$@ failed in:$$failed" >&2; exit 1; }
endef

# compared tells what was skipped, which go test keeps to itself.
define compared
@( for python in $(or $(DEWAR_PYTHON),/usr/bin/python3 python3); do \
	"$$python" -c 'import flask' 2>/dev/null && exit 0; \
done; \
printf '\n%s\n\n' '*** NOTHING WAS COMPARED WITH FLASK: no Python here can import it. Install python3-flask, or name one in DEWAR_PYTHON. ***' >&2 )
@( for python in $(or $(DEWAR_PYTHON),/usr/bin/python3 python3); do \
	"$$python" -c 'import flask_wtf' 2>/dev/null && exit 0; \
done; \
printf '%s\n\n' '*** NO FORM WAS COMPARED WITH FLASK-WTF: install python3-flaskext.wtf, or name a Python that has it in DEWAR_PYTHON. ***' >&2 )
@[ "$$(uname)" != Linux ] || { PATH="$$PATH:/usr/sbin"; command -v nginx && command -v haproxy; } >/dev/null || \
	printf '%s\n\n' '*** NOTHING WAS TESTED BEHIND A REAL PROXY: install nginx and haproxy. ***' >&2
@[ "$$(uname)" != Linux ] || { \
	PATH="$$PATH:/usr/sbin:$$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')"; \
	command -v chromium >/dev/null && [ -f internal/browser/node_modules/axe-core/axe.min.js ] || printf '%s\n\n' \
		'*** NOTHING WAS TESTED IN A BROWSER: install chromium and npm, and run npm ci in internal/browser. ***' >&2; \
	command -v node >/dev/null && [ -d contrib/openapi/testdata/npm/node_modules/ajv ] || printf '%s\n\n' \
		'*** NO OPENAPI DOCUMENT WAS VALIDATED: install nodejs and npm, and run npm ci in contrib/openapi/testdata/npm. ***' >&2; \
	for server in redis-server postgres mariadbd; do command -v $$server >/dev/null || printf '%s\n\n' \
		"*** NO STORE WAS TESTED WITH $$server: install redis-server, postgresql and mariadb-server. ***" >&2; done; }
endef

.PHONY: help run cluster strangler test check race long stores siege skirmish flaws fuzz bench gate compare lint platforms examples gofmt vet staticcheck tidy requires
.NOTPARALLEL:

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

# The server takes the place of the shell, so that what ends make ends it too, as it would not below go run. It runs in
# the folder of its templates, so that FLASK_DEBUG=1 finds them when they have been edited.
run: ## serve the flaskr example on 127.0.0.1:5000 (or FLASK_RUN_PORT)
	@cd _examples/flaskr && go build -o ../../bin/ . && exec ../../bin/flaskr

cluster: ## serve the cluster example on 127.0.0.1:8080: two processes, nginx, a Redis Cluster (PORT=9000)
	@cd _examples/cluster && go build -o ../../bin/ . && exec ../../bin/cluster -port $(or $(PORT),8080)

strangler: ## serve the blog that moves from Flask to Go on 127.0.0.1:5000, at STAGE=0 (Flask) to 4 (Go) (PORT=9000)
	@cd _examples/strangler && go build -o ../../bin/ . && exec ../../bin/strangler -stage $(or $(STAGE),4) -port $(or $(PORT),5000)

test: ## run the tests of every module, in quick rounds
	$(call each,go test ./...)
	$(compared)

check: lint tidy requires platforms examples race long skirmish flaws ## all that must hold before a push: lint, go.mod, other platforms, examples, race, long, skirmish, flaws

race: ## run the tests of every module, with the race detector where that does not break deadlines (needs a C compiler)
	@set -- $$(go env CC); command -v "$$1" >/dev/null || { \
		echo "race: the race detector needs a C compiler and $$1 is not installed; install it, or set CC" >&2; \
		exit 1; \
	}
	$(call each,CGO_ENABLED=1 go test -race -shuffle=on -timeout 30m $$(go list ./... | grep -vE '$(ALONE)'),$(filter-out $(UNRACED),$(MODULES)))
	$(call each,go test -timeout 30m ./...,$(UNRACED))
	cd contrib/jinja && go test -timeout 30m $$(go list ./... | grep -E '$(ALONE)')
	$(call each,CGO_ENABLED=1 go test -race -run '$(SHARED)' ./...,contrib/jinja contrib/password contrib/pyconfig)
	$(compared)

long: ## run the core's random, forgery and restart tests and those of reloading in full rounds, for minutes; those of stores are make stores
	DEWAR_ROUNDS=full go test -timeout 30m $$(go list ./... | grep -vE '/(sessionstore|internal/servers)$$')
	cd contrib/cli && DEWAR_ROUNDS=full go test -run TestNoRequestIsRefused ./internal/dev
	$(compared)

stores: ## start Redis, PostgreSQL and MariaDB and run the tests of stores in full rounds, for up to an hour
	@failed=; \
	for folder in $(STORES); do \
		echo "==> $$folder: full rounds"; \
		(cd $$folder && DEWAR_ROUNDS=full go test -count=1 -timeout 60m ./...) || failed="$$failed $$folder"; \
	done; \
	[ -z "$$failed" ] || { echo "stores failed in:$$failed" >&2; exit 1; }
	$(compared)

# The documentation has the figures of whole sieges alone. The program takes the place of the shell, so that what ends make ends it too.
besiege = @cd bench && go build -o ../bin/siege ./siege && exec ../bin/siege -attacks $(ATTACKS) $(if $(SEED),-seed $(SEED))

siege: ## besiege an App with visitors and attacks, for eight minutes, and write docs/siege.md (FOR=60s REQUESTS=100000 ATTACKS=corpus,http2 SEED=7)
	$(besiege) -for $(FOR) -requests $(REQUESTS) $(if $(filter $(WHOLE),$(FOR)/$(REQUESTS)/$(ATTACKS)),-docs ../docs)

skirmish: ## besiege it for less than two minutes, with every attack
	$(besiege) -for 80s -requests 80000

flaws: ## seed faults into dewar, one for each build, and have the siege find all of them: some minutes
	cd bench && DEWAR_ROUNDS=full go test -count=1 -timeout 30m -parallel 3 -run TestSiegeFindsEachFlaw ./siege/flaws

# What go test -list prints, names and after them the package they are of, made into pairs of package and name.
fuzz-pairs = /^Fuzz/ { name[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, name[i]; n = 0 }

fuzz: ## run every fuzz target in turn: FUZZTIME=20s each, only those that match FUZZ=regexp
	@failed=; \
	for module in $(MODULES); do \
		list=$$(cd $$module && go test -list '$(FUZZ)' ./...) || { echo "$$list"; exit 1; }; \
		set -- $$(echo "$$list" | awk '$(fuzz-pairs)'); \
		while [ $$# -gt 0 ]; do \
			echo "==> $$1: $$2"; \
			(cd $$module && go test -run '^$$' -fuzz "^$$2"'$$' -fuzztime $(FUZZTIME) $$1) || failed="$$failed $$2"; \
			shift 2; \
		done; \
	done; \
	[ -z "$$failed" ] || { echo "fuzz failed in:$$failed" >&2; exit 1; }

bench: ## run the benchmarks in benchstat's form: BENCH=regexp COUNT=6
	$(call each,go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...)

gate: ## compare benchmarks and allocations with an earlier commit, and fail when something is slower: BASE=commit BENCH=regexp PACKAGES=. TIME=5m
	cd bench && go run ./gate -base '$(BASE)' -bench '$(BENCH)' $(if $(PACKAGES),-packages '$(PACKAGES)') $(if $(TIME),-time $(TIME))

compare: ## measure dewar beside other libraries and Flask, for minutes, and write docs/performance.md (ROUNDS=3)
	cd bench && go run ./compare -rounds $(ROUNDS)

lint: gofmt vet staticcheck ## gofmt, vet and staticcheck

platforms: ## build the core for Windows, macOS and 32 bits
	@for platform in windows/amd64 darwin/arm64 linux/386; do \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} go build ./... && echo "builds: $$platform" || exit 1; \
	done

examples: ## build every example
	@for module in $(filter _examples%,$(MODULES)); do \
		(cd $$module && go build -o /dev/null ./... && go list -f 'builds: {{.ImportPath}}' ./...) || exit 1; \
	done

gofmt:
	@files=$$(gofmt -l .) && [ -z "$$files" ] || { echo "gofmt -w would change:"; echo "$$files"; exit 1; } >&2

vet:
	$(call each,go vet ./...)

staticcheck: # staticcheck.conf says which checks
	$(call each,go run $(STATICCHECK) ./...)

tidy:
	$(call each,go mod tidy -diff)

# The core stands on exactly three modules, in go.mod and in what its packages and their tests import.
requires:
	@direct=$$(go list -m -f '{{if not (or .Main .Indirect)}}{{.Path}}{{end}}' all | LC_ALL=C sort | xargs); \
	used=$$(go list -deps -test -f '{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}' ./... \
		| LC_ALL=C sort -u | xargs); \
	[ "$$direct" = "$(REQUIRES)" ] && [ "$$used" = "$(REQUIRES)" ] && echo "requires: $$used" || { \
		echo "requires: the core stands on $(REQUIRES) and nothing else; what needs more is a module under contrib/"; \
		echo "go.mod requires:  $$direct"; \
		echo "packages import:  $$used"; \
		exit 1; \
	} >&2
