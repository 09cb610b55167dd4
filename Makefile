# Whence: `make` lists what can be done. Everything works on a fresh machine with Python 3.11+, make and Node 20+; uv is bootstrapped by tools/uv.
SHELL := /bin/sh
UV := ./tools/uv
RUN := $(UV) run --no-sync
UI := packages/whence-server/src/whence_server/ui

.DEFAULT_GOAL := help
.PHONY: help setup web demo test check lint types contracts unit web-check serve bench format clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.synced ## install the locked Python dependencies into .venv

.venv/.synced: pyproject.toml uv.lock packages/whence/pyproject.toml packages/whence-server/pyproject.toml
	$(UV) sync --locked --all-groups
	@touch $@

web: $(UI)/index.html ## build the web UI into the server's package

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-fund --no-audit

$(UI)/index.html: web/node_modules/.package-lock.json $(shell find web/src web/scripts web/index.html web/public web/vite.config.ts -type f 2>/dev/null)
	cd web && npm run build

demo: setup web ## the whole flow on embedded defaults: a shop's jobs run, questions are answered, the UI stays at http://localhost:8300
	$(RUN) whence demo --data data/demo

serve: setup web ## start the server on http://localhost:8300, state in ./data
	$(RUN) whence serve --data data

test: setup web lint types contracts web-check ## everything: lint, types, contracts, unit, property, integration with real servers, browser
	$(RUN) pytest

check: setup lint types contracts unit ## the fast part: lint, types, contracts, unit tests

lint:
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) codespell
	$(UV) lock --check

types:
	$(RUN) pyright

contracts:
	$(RUN) lint-imports

unit:
	$(RUN) pytest -q packages -m "not integration and not slow"

web-check: web
	cd web && npm run check && npm run api:check

bench: setup web ## measure every number in benchmarks/RESULTS.md on this machine
	$(RUN) python benchmarks/run.py

format: setup ## rewrite the sources in the house style
	$(RUN) ruff check --fix
	$(RUN) ruff format

clean: ## remove what was built or installed here
	rm -rf .venv .tools web/node_modules web/dist $(UI) .ruff_cache .pytest_cache .hypothesis .import_linter_cache
