# What a newcomer needs: `make demo`, `make test`. Both set up first.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
LOCK := requirements.lock
NODE_MODULES := $(patsubst %,tests/%/node_modules/.package-lock.json,clients/javascript looks/tools)
LIGHTHOUSE := tests/looks/lighthouse/node_modules/.package-lock.json

.PHONY: setup demo test soak screenshots audit lint lock

setup: $(INSTALLED)

# uv takes a fifth of pip's time; where it cannot run, pip does the same.
$(INSTALLED): pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || true
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $(LOCK) \
	  || $(BIN)/python -m pip install --quiet --require-hashes -r $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q -j 0 sse_board tests
	@touch $@

# PORT is a setting like any other: `make demo PORT=9000`.
demo: setup
	@$(BIN)/sse-board up --demo

# Two processes of tests use the processors, two more mostly wait (tests/support/lanes.py); what they leave is
# for `lint`.
test: export PYTHONDONTWRITEBYTECODE =
test: setup $(NODE_MODULES)
	scripts/ensure-clients
	nice $(MAKE) --no-print-directory lint & \
	  scripts/in-memory $(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder && wait $$!

# Minutes instead of seconds, and nothing beside it: the figures are looked at.
soak: setup
	SOAK=1 $(BIN)/pytest tests/soak tests/live/test_vanished.py --capture=no -o faulthandler_timeout=1800

# Every page as people see it, in screenshots/index.html.
screenshots: setup
	scripts/ensure-clients
	$(BIN)/python -m tests.looks.screenshots

# What takes too long for the suite: every page in a browser, and Lighthouse, on an idle machine.
audit: setup $(NODE_MODULES) $(LIGHTHOUSE)
	scripts/ensure-clients
	AUDIT=1 $(BIN)/pytest tests/looks
	$(BIN)/python -m tests.looks.audit

# npm comes with Node as a wheel; which registry it asks is the environment's business.
$(NODE_MODULES) $(LIGHTHOUSE): %/node_modules/.package-lock.json: %/package.json %/package-lock.json $(INSTALLED)
	$(BIN)/npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# After a change of dependencies. setuptools is locked too, so that installing needs nothing that is not.
lock: setup
	echo 'setuptools>=80' | $(BIN)/uv pip compile pyproject.toml - --quiet --upgrade \
	  --extra embedded --extra dev --universal --python-version 3.11 --fork-strategy fewest \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --output-file $(LOCK)
