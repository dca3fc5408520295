# The same few verbs for people and CI. `make demo` needs only Python 3.11 or newer and a package registry.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: demo serve setup test test-sqlite test-postgresql coverage lint format bench train screenshots lock clean

demo: .venv/ready ## a sample agency, served at a printed address
	@$(BIN)/amends demo --port $(PORT)

serve: .venv/ready ## for real use: pages and jobs
	@$(BIN)/amends serve --port $(PORT)

setup: .venv/dev ## everything for development

test: test-sqlite test-postgresql ## every test; on PostgreSQL too, where a database could make a difference

test-sqlite: .venv/dev
	$(BIN)/pytest -n auto

coverage: .venv/dev ## which lines no test reaches; takes half as long again
	$(BIN)/pytest -n auto --cov --cov-report=term

test-postgresql: .venv/dev
	AMENDS_TEST_DATABASE=postgresql $(BIN)/pytest -n auto -m "not once" tests/integration

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev ## tables against named peers
	$(BIN)/python -m bench

train: .venv-training/ready ## make the shipped model anew, from ../shared/data and training/ (about two hours on two cores)
	PYTHONPATH=src:. .venv-training/bin/python -m training all

.venv-training/ready: .venv/bin/uv pyproject.toml
	@$(BIN)/uv venv --quiet .venv-training
	@$(BIN)/uv pip install --quiet --python .venv-training/bin/python --group training -e .
	@touch $@

screenshots: .venv/dev ## the pictures of the README, made from the sample agency
	$(BIN)/python docs/make_screenshots.py

lock: .venv/bin/uv ## resolve all dependencies anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml \
	  --extra postgresql -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml \
	  --extra postgresql --group dev -o requirements/dev.txt

.venv/bin/uv:
	@echo "Setting up an isolated environment in .venv …"
	@$(PYTHON) -c 'import sys; sys.exit("Amends needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

.venv/ready: .venv/bin/uv requirements/run.txt pyproject.toml
	@echo "Installing what Amends needs …"
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements/run.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

.venv/dev: .venv/ready requirements/dev.txt
	@echo "Installing the tools of development …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements/dev.txt
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache test-output
