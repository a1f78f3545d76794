# SPDX-License-Identifier: Apache-2.0
# One door for people and for CI. Plain enough for GNU make 3.81 (macOS).
PYTHON ?= python3
ARGS ?=
BIN = .venv/bin
FIND = @command -v $(PYTHON) >/dev/null || { echo "install Python 3.11 or newer" >&2; exit 2; }
# One process on a machine with one core, two elsewhere; ARGS="-n 0" runs the tests in pytest's own.
# Halves of what is left move to whoever is idle, so that most of what tests share is made once.
PARALLEL = -n auto --maxprocesses 2 --dist worksteal
SETUP = $(PYTHON) tools/setup.py
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links --extra all --group build

.PHONY: help run web test lint bench vectors lock test-long bench-long clean
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile

run: ## the whole story on this machine (ARGS="--no-serve --dir DIR")
	$(FIND)
	@$(SETUP) run
	@$(BIN)/python -m tools.web || echo "the page was not built: the demonstration runs without it"
	$(BIN)/skillseal demo $(ARGS)

web: ## build the page of verifier/web into its dist/
	$(FIND)
	@$(SETUP) run
	$(BIN)/python -m tools.web

test: ## the everyday suite with branch coverage
	$(FIND)
	@$(SETUP) test
	$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --include='credential/*,verifier/*' --fail-under=95

test-long: ## the tests that take minutes
	$(FIND)
	@$(SETUP) test
	$(BIN)/python -m pytest -m long --hypothesis-profile=long $(ARGS)

lint: ## ruff, mypy, codespell
	$(FIND)
	@$(SETUP) test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/codespell

bench: ## measure against peers and limits; writes bench/results.md
	$(FIND)
	@$(SETUP) test
	$(BIN)/python -m bench $(ARGS)

bench-long: ## the measurements that take minutes
	$(FIND)
	@$(SETUP) test
	$(BIN)/python -m bench --long $(ARGS)

vectors: ## write the test vectors again; fails where they differ from what is committed
	$(FIND)
	@$(SETUP) test
	$(BIN)/python -m tests.vectors.generate
	git diff --exit-code -- tests/vectors

lock: ## resolve the two requirement locks again
	$(FIND)
	@$(SETUP) test
	$(COMPILE) -o requirements.txt pyproject.toml
	$(COMPILE) --group test -c requirements.txt -o requirements-test.txt pyproject.toml

clean: ## remove what make built
	rm -rf .venv .venv.lock .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov dist build
