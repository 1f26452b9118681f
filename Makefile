# The whole of what a developer types. Every target works from a fresh clone.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
UNIT   := tests/models tests/golden tests/properties tests/reference tests/kpi_definitions tests/docs tests/connectors \
          tests/pipelines/render tests/test_repo_shape.py
STAMP  := $(VENV)/.installed

.PHONY: setup demo check test fmt pages clean bench

setup: $(STAMP) ## virtual environment with exactly the locked packages

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock  # the lock is complete
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check
	@touch $(STAMP)

demo: setup ## the sample company, end to end, into var/
	$(BIN)/kpi demo

check: setup ## lint, types, unit tests: under 90 seconds
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 -m "not slow" $(UNIT)

test: setup ## everything: about twenty-five minutes on two cores
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadgroup tests

fmt: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pages: setup ## every page and file that is made; RUN=zendesk or RUN=all first puts connectors through their promises anew
	$(BIN)/python -m tests.docs.pages $(RUN)

bench: setup ## benchmarks print their own tables
	$(BIN)/python benchmarks/ingest.py
	$(BIN)/python benchmarks/compute.py
	$(BIN)/python benchmarks/score.py

clean:
	rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
