VENV ?= .venv
PYTHON ?= python3
PORT ?= 5000
export PATH := $(abspath $(VENV))/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=
# set for other projects, these would install elsewhere, or not at all
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_USER PIP_REQUIRE_HASHES PIP_NO_DEPS PIP_DRY_RUN PYTHONHOME

INSTALLED := $(VENV)/.installed
COMMAND := $(VENV)/bin/imdb-genres
PLOTS_PAGE := .dvc/tmp/plots.html
# each process imports TensorFlow: about 1 GB of memory
PYTEST := python -m pytest --numprocesses=logical --maxprocesses=4 --dist=loadfile

.PHONY: help setup repro best experiments ui demo screenshots verify recover bench ablations test test-fast lint
help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(COMMAND) $(PLOTS_PAGE)  ## create .venv from requirements.lock
$(INSTALLED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "$(PYTHON) is Python %d.%d; 3.11, 3.12 or 3.13 is needed: try make setup PYTHON=python3.12" % sys.version_info[:2])'
	@case "$$(uname -s)-$$(uname -m)" in Linux-x86_64|Linux-aarch64|Darwin-arm64) ;; *) echo "Untested system $$(uname -sm): TensorFlow publishes wheels for Linux (x86-64, arm64) and macOS (arm64)" ;; esac
	@echo "Installing the locked packages into $(VENV): 3 GB, some minutes, once."
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

$(COMMAND): $(INSTALLED) pyproject.toml
	$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	touch $@

$(PLOTS_PAGE): $(INSTALLED) imdb_genres/cli/plots_page.py
	python -m imdb_genres.cli plots-page $@
	dvc config --local plots.html_template tmp/plots.html

repro: setup  ## run the whole pipeline on the corpus of params.yaml
	dvc repro
	@python -m imdb_genres.cli sync || true

best: setup  ## train the recipe `best`, the strongest without pretraining, and register its model
	python -m imdb_genres.cli experiments best
	@python -m imdb_genres.cli sync

ui: setup  ## open the MLflow UI: make ui PORT=5001
	@python -m imdb_genres.cli ui --port $(PORT)

experiments: setup  ## run the recipes of experiments.yaml and tabulate them in docs/experiments.md
	python -m imdb_genres.cli experiments
	python -m imdb_genres.cli sync
	python -m imdb_genres.cli docs-page

verify: setup  ## run everything in two different environments and compare the bytes
	@python -m imdb_genres.cli verify

recover: setup  ## restore the workspace after `dvc exp run` was killed
	@python -m imdb_genres.cli recover

demo: PORT := 8000
demo: setup  ## open a web page to try models on: make demo PORT=8001
	@python -m imdb_genres.cli demo --port $(PORT)

screenshots: setup  ## retake the pictures of docs/images from the runs in MLflow
	python -m benchmarks.screenshots

bench: setup  ## compare with alternatives: the tables of docs/performance.md, half an hour
	@python -m benchmarks

ablations: setup  ## measure what each start-up setting saves
	@python -m benchmarks.ablations

test: setup  ## run every test
	$(PYTEST)

test-fast: setup  ## run the tests that start no pipeline, server or browser
	$(PYTEST) -m "not slow"

lint: setup  ## check format, style and types
	ruff format --check .
	ruff check .
	mypy .
