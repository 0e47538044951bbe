# Every target sets up what it needs by itself: a virtual environment in .venv and the locked dependencies.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
ARGS   ?=
# Byte code is kept, whatever the environment says: without it every start of Python compiles a thousand modules again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo test lint format bench proof train lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## make .venv with triage in it

# pip checks every download against the hashes in the lock; the project itself is installed last, without dependencies of its own.
# Byte code is compiled as it is needed: compiling all of it would take half the time of a first set-up.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "triage needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "could not make a virtual environment; on Debian: apt install python3-venv" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: install  ## a day of support mail on embedded servers; ARGS="--once" ends by itself
	@$(BIN)/triage demo $(ARGS)

test: install  ## all tests, on system servers where they are installed
	@$(BIN)/python -m pytest $(ARGS)

lint: install  ## formatting, lint, types, import contracts, docstrings
	@scripts/check $(ARGS)

format: install  ## rewrite what a tool can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: install  ## throughput beside its floor, latency; ratios within one run
	@$(BIN)/python -m tests.bench $(ARGS)

proof: install  ## long proofs: random kills, fuzzing; ARGS="--sample" for the short form
	@$(BIN)/python -m tests.proof $(ARGS)

train: install  ## the shipped model, from the corpus
	@$(BIN)/triage train --out models/triage.npz $(ARGS)

lock: install  ## compile requirements/*.in into hashed locks
	@$(BIN)/python -m pip install --quiet uv
	@for name in runtime dev; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/$$name.in -o requirements/$$name.txt; done

clean:  ## remove what the targets made
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage build *.egg-info
