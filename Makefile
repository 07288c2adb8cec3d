# `make` or `make help` lists the targets. CI runs the same ones.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python that runs and that numba, Spark and fastText all have wheels for.
PYTHON ?= $(shell for p in python3.11 python3.12 python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && echo $$p && break; done)
# What all tests import, whichever Spark they run on.
EXTRAS := --extra s3 --extra https --extra extractors --extra substrings --extra tokens --extra lineage --extra laws
# KenLM compiles: only where there are a C++ compiler and Python's headers; its tests skip elsewhere.
EXTRAS += $(shell command -v c++ >/dev/null && test -n "$(PYTHON)" && $(PYTHON) -c 'import os, sysconfig; \
  raise SystemExit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' && echo --extra kenlm)
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
UV = UV_LINK_MODE=copy $(BIN)/uv
SAMPLE := build/sample
DEMO := build/demo
SYNCED := $(VENV)/.synced
READY := build/.ready

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: check-machine
check-machine:
	@test -n "$(PYTHON)" || { echo "sluice: Python 3.11 or 3.12 is needed; install one (Debian/Ubuntu: apt install python3.11 python3.11-venv) or say: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -m jobs.common.java

$(SYNCED): pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(UV) sync --quiet --locked --inexact --extra spark $(EXTRAS) --group connect
	@touch $@

$(READY): $(SYNCED) jobs/common/fetch.py tests/sample/make.py tests/sample/texts.py
	$(BIN)/sluice setup
	$(BIN)/python -m tests.sample.make $(SAMPLE)
	@touch $@

.PHONY: setup
setup: check-machine $(READY) ## install everything: environment, Delta's jars, language model, sample crawl

.PHONY: demo
demo: setup ## train a classifier on the sample crawl, run the main job with it, mix two phases; into build/demo
	$(BIN)/sluice ingest --recipe conf/recipes/demo.toml --input $(SAMPLE)/warc.paths.gz --warehouse $(DEMO)
	$(BIN)/sluice train --settings conf/models/demo.toml --warehouse $(DEMO)
	$(BIN)/sluice run --recipe conf/recipes/demo.toml --input $(SAMPLE)/warc.paths.gz --warehouse $(DEMO)
	$(BIN)/sluice mix --snapshot demo --schedule conf/mixtures/demo.toml --warehouse $(DEMO)

.PHONY: test
test: setup ## run all tests but the slow ones (under 10 minutes on 2 cores)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow" --durations=25

.PHONY: fast
fast: setup ## run the tests that need no JVM
	$(BIN)/pytest -m "not slow and not spark and not browser"

.PHONY: test-slow
test-slow: setup ## run the tests that take minutes each; goes on where it was broken off, with the same code
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow --resume --durations=25

.PHONY: check
check: setup ## lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

.PHONY: format
format: $(SYNCED) ## format the code and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# One environment for each other Spark; uv.lock pins all of them.
.venv-spark%/.synced: pyproject.toml uv.lock | $(SYNCED)
	UV_PROJECT_ENVIRONMENT=.venv-spark$* $(UV) sync --quiet --locked --python $(BIN)/python $(EXTRAS) --group spark$*
	@touch $@

.PHONY: test-spark35
test-spark35: setup .venv-spark35/.synced ## end-to-end tests on Spark 3.5.9 with Delta 3.3.3 (Java 17)
	@$(PYTHON) -m jobs.common.java 17
	.venv-spark35/bin/pytest -m matrix

.PHONY: test-spark41
test-spark41: setup .venv-spark41/.synced ## end-to-end tests on Spark 4.1.4 with Delta 4.4.0
	.venv-spark41/bin/pytest -m matrix

.PHONY: test-connect
test-connect: setup ## end-to-end tests on Spark Connect, server in the same process
	SPARK_REMOTE="local[2]" $(BIN)/pytest -m matrix

.PHONY: bench
bench: setup ## ingest and measure beside a bare loop: a table, and build/bench.json
	$(BIN)/python -m tests.bench.run

# datatrove and what its WARC reader needs, beside the parsers that our own environment has.
PEERS := "datatrove[io]==0.10.1" faust-cchardet==3.2.0 orjson==3.13.0 pylibmagic==0.5.0 python-magic==0.4.27 \
  spacy==3.8.18
build/peers/.synced: Makefile uv.lock | $(SYNCED)
	$(UV) venv --quiet --allow-existing --python $(BIN)/python build/peers
	$(UV) pip install --quiet --python build/peers/bin/python $(PEERS) \
	  $$($(UV) pip freeze --quiet | grep -iE '^(resiliparse|trafilatura|warcio)==')
	@touch $@

# Tools for near copies; xxhash 4 takes no str any more, which datatrove 0.10.1 gives it.
DEDUP_PEERS := "datatrove[io]==0.10.1" rensa==0.5.0 spacy==3.8.18 text-dedup==0.4.0 tokenizers==0.23.3 xxhash==3.5.0
build/peers-dedup/.synced: Makefile uv.lock | $(SYNCED)
	$(UV) venv --quiet --allow-existing --python $(BIN)/python build/peers-dedup
	$(UV) pip install --quiet --python build/peers-dedup/bin/python $(DEDUP_PEERS)
	@touch $@

.PHONY: bench-peers
bench-peers: setup build/peers/.synced build/peers-dedup/.synced ## ingest and near copies beside other tools, in environments of their own
	$(BIN)/python -m tests.bench.peers
	$(BIN)/python -m tests.bench.dedup_peers

.PHONY: parity-peers
parity-peers: setup build/peers/.synced ## decisions and speed beside datatrove's filters, in an environment of its own
	$(BIN)/python -m tests.bench.parity

.PHONY: bench-mixing
bench-mixing: setup ## entropies, a mixture of a million documents and laws, with published numbers beside ours
	$(BIN)/python -m tests.bench.mixtures

.PHONY: bench-extractors
bench-extractors: setup ## quality and speed of every extractor on annotated pages, where those are at hand
	$(BIN)/python -m tests.bench.extractors

.PHONY: browser
browser: ## install Debian's Chromium, for the report's browser test
	@command -v chromium >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; }
	@chromium --version

.PHONY: dist
dist: $(SYNCED) ## build the wheel, and the same bytes as a .zip for spark-submit --py-files
	rm -rf dist
	$(UV) build --quiet --wheel
	for wheel in dist/*.whl; do cp $$wheel dist/crawlsluice.zip; done
	@ls dist

.PHONY: clean
clean: ## remove what was built, but not the environments
	rm -rf build dist
