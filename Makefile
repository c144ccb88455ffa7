# `make demo`, `make test` and `make test-all` make .venv first, with the versions that constraints.txt pins.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-all lint format constraints clean

demo: $(VENV)/installed
	$(BIN)/skipwise compare

test: lint
	$(BIN)/pytest -n auto --dist loadfile

test-all: lint
	$(BIN)/pytest -n auto --dist loadfile -m "not gpu"

lint: $(VENV)/installed-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/installed-for-tests
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/installed: $(BIN)/uv pyproject.toml constraints.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --constraint constraints.txt --editable '.[report]'
	@touch $@

$(VENV)/installed-for-tests: $(VENV)/installed
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --constraint constraints.txt --group dev --editable '.[all]'
	@touch $@

# The newest versions that fit together, on every system, as of today.
constraints: $(BIN)/uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --group dev --extra all pyproject.toml --output-file constraints.txt

clean:
	rm -rf $(VENV)
