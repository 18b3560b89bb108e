# Strata: everything a person types. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
WORKERS ?=
PYTEST_ARGS ?=
MUTATE_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# A virtual environment knows where it was made: one that was moved, or whose Python is gone, is made anew.
MADE := $(VENV)/.made-in-$(shell pwd -P | cksum | cut -d' ' -f1)
SERVE_STAMP := $(VENV)/.runtime-installed
DEV_STAMP := $(VENV)/.dev-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# --- set-up -----------------------------------------------------------------------------------------------

$(MADE): $(shell test -x $(BIN)/python || echo FORCE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Strata needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Set PYTHON=." >&2; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) \
	  || { echo "Could not create $(VENV); on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

.PHONY: FORCE
FORCE:

$(SERVE_STAMP): $(MADE) requirements.lock pyproject.toml
	@echo "Installing the pinned dependencies"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): $(MADE) requirements-dev.lock requirements.lock pyproject.toml
	@echo "Installing the pinned dependencies and the tools of development"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(SERVE_STAMP)

.PHONY: install dev
install: $(SERVE_STAMP)
dev: $(DEV_STAMP)

# --- running ----------------------------------------------------------------------------------------------

.PHONY: serve
serve: install ## Install if needed, start Postgres if DATABASE_URL is unset, serve on PORT (8000)
	@exec $(BIN)/strata serve --port $(PORT) $(if $(WORKERS),--workers $(WORKERS))

.PHONY: bench
bench: dev ## Run the benchmark and print a table of ratios
	@command -v wrk >/dev/null || echo "make bench uses wrk for load; on Debian and Ubuntu: apt-get install wrk" >&2
	@$(BIN)/python -m tests.load.bench $(BENCH_ARGS)

# --- checking ---------------------------------------------------------------------------------------------

.PHONY: test
test: dev ## Run the whole test suite against a private Postgres
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: lint
lint: dev ## Format check, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: check
check: lint ## Everything in lint, and the law check and OpenAPI drift
	$(BIN)/strata law check
	$(BIN)/strata openapi --check

.PHONY: format
format: dev ## Format the code and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: docs
docs: dev ## Write the generated pages of the manual
	@$(BIN)/python -c 'from service.settings import manual; print(manual(), end="")' >docs/settings.md

.PHONY: recordings
recordings: dev ## Record anew the answers that the OpenAPI document shows, and write the document
	@$(BIN)/python -m tests.docs.record
	@$(BIN)/strata openapi --write

.PHONY: mutate
mutate: dev ## Change the law one small step at a time and show which mutants no case catches
	@$(BIN)/python -m tests.law.mutate $(MUTATE_ARGS)

.PHONY: fuzz
fuzz: dev ## Read noise as questions and law, then ask the service whatever its description allows
	@$(BIN)/python -m tests.fuzz $(FUZZ_ARGS)

.PHONY: clients
clients: dev ## Lint the OpenAPI document, generate the Python and TypeScript clients, check their types (needs npm)
	@command -v npm >/dev/null || { echo "make clients needs npm; on Debian and Ubuntu: apt-get install nodejs npm" >&2; exit 1; }
	@$(BIN)/python clients/generate.py

# --- upkeep -----------------------------------------------------------------------------------------------

# Resolved for every platform and Python at once; without --upgrade, pins change only where pyproject.toml asks for it.
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet

.PHONY: lock
lock: $(MADE) ## Resolve the pins anew from pyproject.toml (LOCK_ARGS=--upgrade for newer releases)
	@$(PIP) 'uv>=0.8'
	@$(COMPILE) --group build $(LOCK_ARGS) --output-file requirements.lock
	@$(COMPILE) --group dev --constraint requirements.lock $(LOCK_ARGS) --output-file requirements-dev.lock

.PHONY: clean
clean: ## Remove the virtual environment and the caches (the database stays)
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
