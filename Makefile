# make try     critique an example document with a real local model
# make test    everything, from nothing, as CI runs it
# make check   the inner loop: lint, types, fast tests
# make nightly what is tried by the hundred in make test, tried by the thousand
# make bench   measure, and write docs/performance.md
# make wheel   build the wheel and the source archive into dist/
# make lock    write dependencies/ again after a change of pyproject.toml
# make docs    write the pages that come from code
# make vsix    package the VS Code extension
# make screenshots  draw docs/images in real editors; look at each picture before you commit it
# make format  put code into its shape
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
endif

# What tests install goes below build/, and what they download stays there between runs.
BUILD := $(CURDIR)/build
STARTER = $(BIN)/python -c 'from copydesk.adapters.engines.starter_model import starter_path as path; print(path())'
TEST_HOME := XDG_DATA_HOME=$(BUILD)/data
TEST_MODEL = COPYDESK_TEST_MODEL="$$($(TEST_HOME) $(STARTER))"
FORMATTERS := $(BUILD)/editors/formatters/node_modules/.bin
TEST_PROXY := COPYDESK_TEST_OLLAMA_PROXY=$(BUILD)/ollama-proxy/bin

LOCKS := dependencies
INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all:

.PHONY: try test check nightly bench docs format lint types fast model clean wheel lock test-desk test-editors vsix editors-setup screenshots

try: $(VENV)/.installed
	@$(BIN)/copydesk model fetch starter
	@echo
	@$(BIN)/copydesk critique examples/flawed-post.md --unproven --all --fail-on never

# Everything that is installed is a file whose hash is in dependencies/; copydesk itself is built from what is here.
$(VENV)/.installed: pyproject.toml $(LOCKS)/build.txt $(LOCKS)/run.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) -r $(LOCKS)/build.txt -r $(LOCKS)/run.txt
	$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready: $(VENV)/.installed $(LOCKS)/dev.txt
	$(BIN)/python $(INSTALL) -r $(LOCKS)/dev.txt
	@touch $@

check: lint types fast

lint: $(VENV)/.ready
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready
	$(BIN)/mypy

# Where this is set, every process compiles everything anew, which takes longer than the tests.
fast: export PYTHONDONTWRITEBYTECODE =
fast: $(VENV)/.ready
	$(BIN)/python -m pytest -m 'not slow and not model and not editor and not kiwix' --ignore=tests/editors -n 2

test: lint types test-desk
	@if $(PYTHON) tests/editors/setup.py; then $(MAKE) test-editors; \
	elif [ -n "$$CI" ]; then exit 1; \
	else echo 'SKIPPED: tests/editors, for want of what is named above'; fi

# Many tests wait for processes, so there is one worker more than the two cores that CI has.
test-desk: model $(BUILD)/ollama-proxy/.ready
	@if $(PYTHON) tests/debian.py kiwix-serve=kiwix-tools; then chosen='not editor'; \
	elif [ -n "$$CI" ]; then exit 1; \
	else echo 'SKIPPED: the tests with kiwix-serve'; chosen='not editor and not kiwix'; fi; \
	$(TEST_MODEL) $(TEST_PROXY) $(BIN)/python -m pytest -m "$$chosen" --ignore=tests/editors -n 3 -ra

nightly: $(VENV)/.ready
	COPYDESK_NIGHTLY=1 $(BIN)/python -m pytest -n 2 -ra --safety-report build/safety-report-nightly.json tests/safety/test_interleavings.py tests/safety/test_f13_protocol.py tests/safety/test_f03_kills.py tests/core/citations/test_citation_hostile.py

# Real editors, in a process and an environment of their own.
test-editors: vsix model
	cd editor-clients/neovim && luacheck -q . && $(FORMATTERS)/stylua --check .
	cd editor-clients/vscode && $(FORMATTERS)/biome ci src test && npm test --silent
	$(TEST_MODEL) $(BUILD)/editors/venv/bin/python -m pytest tests/editors -n 2 -ra --safety-report build/safety-report-editors.json

screenshots: vsix
	PYTHONPATH=tests:daemon $(BUILD)/editors/venv/bin/python -m editors.screenshots

vsix: editors-setup wheel
	cd editor-clients/vscode && npm run --silent package

editors-setup: $(VENV)/.ready
	$(PYTHON) tests/editors/setup.py

model: $(VENV)/.ready
	$(TEST_HOME) $(BIN)/copydesk model fetch starter

# A second server with Ollama's interface over a real model, in an environment of its own.
$(BUILD)/ollama-proxy/.ready: $(LOCKS)/ollama-proxy.txt
	$(PYTHON) -m venv $(BUILD)/ollama-proxy
	$(BUILD)/ollama-proxy/bin/python $(INSTALL) -r $(LOCKS)/ollama-proxy.txt
	@touch $@

bench: model
	$(TEST_MODEL) $(BIN)/python -m bench

wheel: $(VENV)/.installed
	$(BIN)/python -m hatchling build --clean

lock: $(BUILD)/lock/.ready
	$(BUILD)/lock/bin/python $(LOCKS)/lock.py $(UPGRADE)

$(BUILD)/lock/.ready: $(LOCKS)/lock.txt
	$(PYTHON) -m venv $(BUILD)/lock
	$(BUILD)/lock/bin/python $(INSTALL) -r $(LOCKS)/lock.txt
	@touch $@

docs: $(VENV)/.ready
	$(BIN)/python -m copydesk.cli.pages docs
	PYTHONPATH=tests $(BIN)/python -m harness.requirements

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache
