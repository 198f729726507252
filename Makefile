# make help lists the targets. Go is all that demo and test need.

SHELL := /bin/bash
.DEFAULT_GOAL := help

GOLANGCI := v2.15.0
TOOLS    := $(CURDIR)/.cache/bin
MODULES  := . examples
FUZZTIME ?= 60s

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Run a fenced function from end to end, with Go alone
	@go run ./internal/demo

.PHONY: test
test: ## Run all tests of both modules
	@for m in $(MODULES); do (cd $$m && go test ./...) || exit 1; done

.PHONY: race
race: ## Run all tests with the race detector
	@for m in $(MODULES); do (cd $$m && go test -race ./...) || exit 1; done

.PHONY: cover
cover: ## Print the statement coverage of policy and wrapper, at least 90 %
	@mkdir -p .cache
	@go test -coverprofile=.cache/cover.out -coverpkg=./policy/...,./wrapper/... ./policy/... ./wrapper/...
	@awk -v min=90 -f .ci/cover.awk .cache/cover.out

.PHONY: lint
lint: $(TOOLS)/golangci-lint-$(GOLANGCI) ## Check style and the import rules
	@for m in $(MODULES); do (cd $$m && $< run --config $(CURDIR)/.golangci.yml ./...) || exit 1; done

$(TOOLS)/golangci-lint-$(GOLANGCI):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@mv $(TOOLS)/golangci-lint $@

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (60s)
	@go list -f '{{.Dir}}' ./... | while read -r dir; do \
	  grep -ohE '^func Fuzz[A-Za-z]+' $$dir/*_test.go 2>/dev/null | sed 's/func //' | while read -r name; do \
	    echo "$$name"; go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) $$dir </dev/null || exit 1; \
	  done || exit 1; \
	done

.PHONY: bench
bench: ## Time a decision and the guards
	@go test -run '^$$' -bench . -benchmem ./policy ./wrapper

.PHONY: size
size: ## Size and start-up of examples/minimal against a bare bootstrap
	@go run ./internal/weigh

.PHONY: api
api: ## Print the exported API
	@for p in policy policy/source wrapper wrapper/wrappertest; do go doc -short ./$$p; done

.PHONY: tidy
tidy: ## Check formatting and go.mod
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	@for m in $(MODULES); do (cd $$m && go mod tidy -diff && go vet ./...) || exit 1; done

.PHONY: check
check: tidy lint race cover demo ## All that CI runs
