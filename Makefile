# Larder's commands. `make help` lists them; each does its own set-up.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The steps must run in order, and their tools use every core already.
.NOTPARALLEL:

WASM := GOOS=wasip1 GOARCH=wasm
# Replaces the SDK's own URI parser, which panics on a bad percent-escape.
TAGS := -tags fastlyinternalsetparseuri
# The packages that are built into the Wasm.
GUEST := $$($(WASM) go list $(TAGS) -deps . | grep -E '^larder(/|$$)')
# Packages whose tests start Viceroy or whole programs; they have a step of their own.
SEPARATE := ^larder/(e2e|internal/local|cmd/serve)(/|$$)

say = @echo "== $(1)"

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: serve
serve: prerequisites tools ## Run a demo content API with Larder in front of it, until Ctrl-C
	@mkdir -p bin
	@go build -o bin/serve ./cmd/serve
	@exec bin/serve

.PHONY: test
test: prerequisites tools format vet staticcheck unit client host build e2e attacks outages conformance ## Run every check and every test
	$(call say,everything passed)

.PHONY: build
build: prerequisites ## Build and validate the package to deploy, pkg/larder.tar.gz
	$(call say,package)
	@tools/package.sh

.PHONY: attacks
attacks: prerequisites tools ## Attack the Wasm in every known way, and print a table
	$(call say,attacks)
	@cd e2e/attacks && go test -timeout 20m -count=1

.PHONY: conformance
conformance: prerequisites tools ## Run the public suite of HTTP cache tests through the Wasm
	$(call say,HTTP cache tests)
	@go run ./conformance

.PHONY: fuzz
fuzz: ## Fuzz every parser of untrusted input, 30 s each (FUZZTIME=…)
	@tools/fuzz.sh

.PHONY: drill
drill: prerequisites tools ## Break origins in every way under load, and look for errors and old content
	@go run ./drill

.PHONY: bench
bench: prerequisites tools ## Measure hits against hello-world programs, tagging, and the Go client
	@go run ./bench/hitpath
	@go run ./bench/outage
	@go run ./bench/large
	@go run ./bench/purge
	@cd client && go run ./bench -out ../bench/results/client.md
	@go test -run '^$$' -bench . -benchmem -count 5 ./surrogate ./httpcache | tee bench/results/native.txt
	@$(WASM) go test -run '^$$' -bench . -benchmem -count 3 -exec "$$(tools/viceroy.sh) run -C $$PWD/fastly.toml" ./surrogate ./httpcache | tee bench/results/wasm.txt

.PHONY: wordpress
wordpress: ## Check the WordPress plugin against the edge's hook; needs PHP (apt-get install php-cli)
	@php -l integrations/wordpress/larder.php
	@go test -count=1 -tags php ./purge/hook

.PHONY: cms
cms: prerequisites tools ## Edit a real WordPress and a real Strapi, and compare the edge with them (Debian; installs both)
	@go run ./e2e/cms -out bench/results/wordpress.md wordpress
	@go run ./e2e/cms -out bench/results/strapi.md strapi

.PHONY: clean
clean: ## Remove what was built here; the Viceroy in the user's cache stays
	rm -rf bin pkg node_modules

# The steps of `make test`; each can run alone.

.PHONY: prerequisites tools format vet staticcheck unit client host e2e outages

prerequisites:
	@tools/prerequisites.sh

tools:
	@tools/viceroy.sh >/dev/null
	@tools/fastly.sh >/dev/null

format:
	$(call say,format)
	@unformatted=$$(find . -name '*.go' -not -path './node_modules/*' -print0 | xargs -0 gofmt -l); \
	if [[ -n "$$unformatted" ]]; then \
		echo "error: not formatted: $$unformatted" >&2; \
		echo "hint: gofmt -w on these files" >&2; \
		exit 1; \
	fi

vet:
	$(call say,vet)
	@go vet ./...
	@$(WASM) go vet $(TAGS) $(GUEST)

staticcheck:
	$(call say,staticcheck)
	@mkdir -p bin
	@go build -o bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	@bin/staticcheck ./...
	@$(WASM) bin/staticcheck $(TAGS) $(GUEST)

unit:
	$(call say,native tests)
	@go test -race -timeout 30m $$(go list ./... | grep -vE '$(SEPARATE)')
	@go test -timeout 30m ./handlers/fencetest # which has no tests with the race detector

# A module of its own, whose tests run a real Redis.
client:
	$(call say,client for Go)
	@tools/redis.sh >/dev/null
	@mkdir -p bin
	@go build -o bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	@cd client && go vet ./... && ../bin/staticcheck ./... && go test -race -timeout 10m ./...

host:
	$(call say,bindings inside Viceroy)
	@$(WASM) go test $(TAGS) -exec "$$(tools/viceroy.sh) run -C $$PWD/fastly.toml" ./corecache ./origin ./vault/kvtest

e2e:
	$(call say,end-to-end tests)
	@go test -race -timeout 30m -count=1 $$(go list ./... | grep -E '$(SEPARATE)' | grep -v '/e2e/attacks$$')

outages:
	$(call say,outages)
	@go run ./drill -short
