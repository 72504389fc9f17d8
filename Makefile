# make demo   sets everything up and runs the main job
# make test   sets everything up and passes all tests
# make bench  what `validate` costs beside reading the files
# make lint   style, types, layers, schemas

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup demo test soak bench lint lock schemas clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	mkdir -p .venv/node && cp tests/workflows/package.json tests/workflows/package-lock.json .venv/node/
	if command -v npm > /dev/null; then npm ci --prefix .venv/node --ignore-scripts --no-audit --no-fund --silent || true; fi
	touch $@

demo: $(READY)
	$(BIN)/reconciler demo --group .

# More processes than processors: much of the time is spent waiting for a server or a child.
test: $(READY)
	$(BIN)/pytest -n $$($(BIN)/python -c "import os; print((os.cpu_count() or 2) * 3 // 2)") --dist worksteal

soak: $(READY)
	$(BIN)/python -m tests.simulator.soak
	EVERY_STATEMENT=1 $(BIN)/pytest -n auto --dist worksteal tests/scenarios/test_safety_database.py tests/scenarios/test_safety_hanging.py

bench: $(READY)
	$(BIN)/python -m benchmarks.validate

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/reconciler schema --check

# Newest versions that pyproject.toml allows, for every platform, with hashes.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --constraint requirements.lock --universal --generate-hashes --no-emit-index-url --no-header --quiet -o reconciler.lock

schemas: $(READY)
	$(BIN)/reconciler schema

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
