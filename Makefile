# Roundtable's commands. `make` or `make help` lists them.
PORT ?= 8000
BIN := .venv/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test coverage check format bench translations screenshots requirements clean install

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start Roundtable with demo data at http://127.0.0.1:$PORT (PORT=8000); Ctrl-C stops it
	@scripts/install runtime
	@exec env ROUNDTABLE_ENV=development $(BIN)/flask --app wsgi develop --port "$(PORT)"

test: ## Lint, types and all tests, in every part this machine can run
	@scripts/install dev
	@exec $(BIN)/python scripts/test.py

coverage: install ## The tests on SQLite, and which lines of the program none of them runs
	@exec $(BIN)/python -m pytest -q -n2 -m "not browser and not clients and not processes and not redis" \
	  --cov=app --cov-branch --cov-report=term:skip-covered

check: install ## Lint, types, layers and templates only
	@$(BIN)/python scripts/test.py --only check

format: install ## Format Python and sort imports
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: install ## Measure the main pages, small and with 200,000 meetings, and the feeds (needs wrk; takes an hour)
	@missed=0; $(BIN)/python -m bench.pages || missed=1; $(BIN)/python -m bench.feeds || missed=1; exit $$missed

translations: install ## Bring the translation catalogues up to date with the code and report what lacks
	@$(BIN)/python scripts/translations.py

screenshots: install ## Picture the main pages (desktop and phone, both languages) in build/screenshots
	@$(BIN)/python scripts/screenshots.py

requirements: ## Pin anew what requirements*.in ask for (needs uv)
	@for kind in "" -dev -clients; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
	    $$([ "$$kind" = -dev ] && echo "-c requirements.txt") requirements$$kind.in -o requirements$$kind.txt; done

clean: ## Remove environments, caches and build products; keeps the instance folder with its data
	@rm -rf .venv .venv-clients tests/calendars/readers/node_modules build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

install:
	@scripts/install dev
