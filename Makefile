# One list of habits; continuous integration calls the same targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
HOME_DIR ?= var/sample
BI := var/bi/venv
BI_STAMP := $(BI)/.installed
export DO_NOT_TRACK := 1
# uv leaves compiling to the first use; where that is switched off, every start would compile all it imports, again
unexport PYTHONDONTWRITEBYTECODE

# uv does not read pip's settings: an index set there is handed on
HAND_ON_INDEX = index=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true); \
  if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi

.PHONY: install run test check fix bench test-scale test-readers docs airflow bi test-bi clean

install: $(STAMP)  ## build .venv from constraints.txt (needs Python 3.11+ and a package index)

$(STAMP): setup.cfg constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Grapevine needs Python 3.11 or newer; $(PYTHON) is older. Set PYTHON=/path/to/python3.11." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(HAND_ON_INDEX); $(BIN)/uv pip install --quiet --python $(BIN)/python -r constraints.txt && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@$(BIN)/python -c 'import grapevine.pipeline, connectors.files, connectors.runner, transforms.score, warehouse.load'
	@touch $@

run: install  ## the whole way on the sample, offline: pull to digest
	$(BIN)/grapevine --home $(HOME_DIR) run --config examples/sample/grapevine.toml

test: install  ## all tests; those on real data run when GRAPEVINE_REAL_DATA is set
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: install  ## style, types, import directions, generated docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m grapevine.reference --check

fix: install  ## what a machine can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m grapevine.reference

bench: install  ## measured figures, as ratios taken in one run
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.periods

test-scale: install  ## a million mentions, a day into ten million: half an hour, 30 GB
	$(BIN)/python -m benchmarks.scale

test-readers: install  ## eight processes read, half of them with DuckDB 1.5.5, while ten times is published: minutes
	$(BIN)/python -m benchmarks.readers

docs: install  ## docs/generated, and the static page of the tables under var/
	$(BIN)/python -m grapevine.reference
	$(BIN)/grapevine --home $(HOME_DIR) docs

airflow: install  ## Airflow on this machine, its home under var/; Ctrl-C stops all of it
	$(BIN)/python -m grapevine.airflow

$(BI_STAMP): bi/requirements.txt bi/constraints.txt | install
	@test -x $(BI)/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python $(BI)
	@$(HAND_ON_INDEX); $(BIN)/uv pip install --quiet --python $(BI)/bin/python -r bi/requirements.txt -c bi/constraints.txt
	@touch $@

bi: $(BI_STAMP)  ## Apache Superset with three dashboards, its home under var/; Ctrl-C stops all of it
	$(BIN)/python -m grapevine.superset --home $(HOME_DIR)

test-bi: $(BI_STAMP)  ## the dashboards in headless Chromium while the pipeline publishes (minutes; needs Chromium)
	PYTHONPATH=bi $(BI)/bin/python -m pytest --import-mode=prepend -p no:cacheprovider bi/tests

clean:  ## remove what can be made again
	rm -rf $(VENV) var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
