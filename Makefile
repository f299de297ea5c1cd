VENV ?= .venv
PYTHON ?= python3
PORT ?= 5000
export PATH := $(abspath $(VENV))/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE :=

INSTALLED := $(VENV)/.installed
COMMAND := $(VENV)/bin/imdb-genres
PLOTS_PAGE := .dvc/tmp/plots.html

.PHONY: help setup repro experiments ui demo screenshots verify recover bench test lint
help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(COMMAND) $(PLOTS_PAGE)  ## create .venv from requirements.lock
$(INSTALLED): requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try make PYTHON=python3.12")'
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

ui: setup  ## open MLflow's pages on the runs: make ui PORT=5001
	@python -m imdb_genres.cli ui --port $(PORT)

experiments: setup  ## run the recipes of experiments.yaml and tabulate them in docs/experiments.md
	python -m imdb_genres.cli experiments
	python -m imdb_genres.cli sync
	python -m imdb_genres.cli docs-page

verify: setup  ## run everything twice in unlike surroundings, and compare to the byte
	@python -m imdb_genres.cli verify

recover: setup  ## bring the workspace back after `dvc exp run` was killed
	@python -m imdb_genres.cli recover

demo: PORT := 8000
demo: setup  ## open a page to try the models on: make demo PORT=8001
	@python -m imdb_genres.cli demo --port $(PORT)

screenshots: setup  ## take docs/images anew from the runs in MLflow
	python -m benchmarks.screenshots

bench: setup  ## measure everything beside its peers: the tables of docs/performance.md, half an hour
	@python -m benchmarks

test: setup  ## run every test
	python -m pytest

lint: setup  ## check format, style and types
	ruff format --check .
	ruff check .
	mypy .
