# Each target makes its own `.venv` first; a fresh machine needs only Python >= 3.11, make and git.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
DEMO := .venv/demo.stamp
DEV := .venv/dev.stamp
POSTGRES := .venv/postgres.stamp
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types imports test-all pages bench soak clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1	\2/' | expand -t 16

demo: $(DEMO) ## Score a made-up company and show the accounts at risk, with their reasons
	$(BIN)/trigpoint demo

test: $(DEV) $(POSTGRES) ## The tests, without the slow proofs (under five minutes on two cores)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not soak and not wheel and not slow"

check: lint types imports test-all ## Everything that CI runs

lint: $(DEV) ## Lint, and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## Types, strictly
	$(BIN)/mypy

imports: $(DEV) ## Imports run down only
	$(BIN)/lint-imports

test-all: $(DEV) $(POSTGRES) ## The tests, and those of the built wheel
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not soak"

pages: $(DEV) ## Bring what the documentation shows up to date with what the program prints
	PYTHONPATH=tests $(BIN)/python -m support.refill

bench: $(DEV) ## The benchmarks, against the hand-written rival; fails when a bar is missed
	PYTHONPATH=tests $(BIN)/python -m bench.bench $(BENCH)

soak: $(DEV) ## The longer proofs
	$(BIN)/python -m pytest -m soak

clean: ## Remove what the targets made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "trigpoint needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(DEMO): pyproject.toml | .venv/bin/python
	$(PIP) install --editable .
	@touch $@

$(DEV): pyproject.toml | .venv/bin/python
	$(PIP) install --editable '.[dev,parquet,sql,dlt,survival,trend,ibis]'
	@touch $@

# The source `sql` is tested against a PostgreSQL that the tests start. Without it, and without the right to install it,
# those tests are skipped (where CI is "true" they fail), and the next `make test` looks again.
$(POSTGRES): | .venv/bin/python
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql && touch $@; \
	else echo "PostgreSQL is not installed: the tests that need it are skipped" >&2; fi
