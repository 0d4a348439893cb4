# Everything a newcomer needs: `make run` (a simulated contact centre on this machine) and `make test` (every test).
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help install run test check lock bench screenshots clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv --without-pip --clear $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.pages: $(VENV)/.installed package.json package-lock.json packaging/pages.py packaging/node.lock
	$(PYTHON) packaging/pages.py $(VENV)
	@touch $@

install: $(VENV)/.installed $(VENV)/.pages ## the locked packages of PyPI and npm, into .venv

run: install ## a whole simulated contact centre: database, Asterisk, carrier, agents, a list dialled (KEEP=1 stays)
	@$(BIN)/python -m sim.stand.demo $(if $(KEEP),--keep)

test: install ## every test, real Asterisk and PostgreSQL included
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: install ## lint, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

BENCHES := numbers importing arriving bridge load pops desk recovery intake store sip ami_parse decision pacing plain stranger swings optimum reach known reports twin

bench: $(BENCHES:%=bench-%) ## every benchmark with its table (long); one of them: make bench-bridge, BENCH_ARGS="--quick"

bench-%: install
	$(BIN)/python -m tests.bench.$* $(BENCH_ARGS)

screenshots: install ## the README's pictures, from a real run in Chromium
	$(BIN)/python -m tests.api.screenshots

lock: ## renew requirements.lock and package-lock.json (needs uv and npm)
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock pyproject.toml
	npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

clean: ## remove what was installed and built here
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
