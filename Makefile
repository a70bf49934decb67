# `make demo` and `make test` are all a newcomer needs: Python 3.11 and make, nothing else. `make help` lists the rest.

VENV       := .venv
BENCH_VENV := .venv-bench
DEMO       := build/demo
DEMO_DAY   := 2026-11-20

BIN        := $(VENV)/bin
PIP        := -m pip install --quiet --quiet --no-input --disable-pip-version-check
DIST       := build/dist
# Folders are listed too, so that a deleted file is noticed.
PACKAGED   := pyproject.toml README.md LICENSE \
              $(shell find src sequences templates -name __pycache__ -prune -o -print)

# Sets $$python to the first Python that will do; PYTHON=... names one.
find_python = python=; for name in $(or $(PYTHON),python3.11 python3.12 python3.13 python3 python); do \
	if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	echo "remindr needs Python 3.11 or newer, and $(or $(PYTHON),none of python3.11 to python3.13 and python3) is one." >&2; \
	echo "  hint: install Python 3.11, or name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 1; fi

# $(call make_venv,FOLDER): a new virtual environment.
make_venv = "$$python" -m venv --clear $(1) || { \
	echo "  hint: this Python lacks venv or pip; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

unexport PYTHONPATH

.PHONY: help demo test faults mutations check fix docs bench lock clean
.DEFAULT_GOAL := help

help:  ## list what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## /make \1|/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r name what; do printf '%-11s %s\n' "$$name" "$$what"; done

demo: $(VENV)/installed  ## run remindr on the example, from a clean copy each time
	@rm -rf $(DEMO) && mkdir -p build && cp -R examples/quickstart $(DEMO) && rm -rf $(DEMO)/expected $(DEMO)/*.py
	@cp -R sequences templates $(DEMO)/
	@$(BIN)/remindr run -C $(DEMO) --as-of $(DEMO_DAY) --allow restored </dev/null || [ $$? -eq 3 ]  # 3: one row is unreadable
	@echo
	@echo "Everything is in $(DEMO), and nothing has left this computer:"
	@echo "  outbox/$(DEMO_DAY)-1/email/     e-mails; double-click one and it opens as a draft"
	@echo "  outbox/$(DEMO_DAY)-1/letters/   letters to print"
	@echo "  outbox/$(DEMO_DAY)-1/           calls.csv to ring from, sms.csv to text from"
	@echo "  .remindr/                      the journal, by which nobody is reminded twice"
	@echo "Try next:"
	@echo "  $(BIN)/remindr run -C $(DEMO) --as-of $(DEMO_DAY)       a second run writes nothing"
	@echo "  $(BIN)/remindr segment -C $(DEMO) --as-of $(DEMO_DAY)   who is in which segment, and why"
	@echo "  $(BIN)/remindr preview -C $(DEMO) --as-of 2026-12-01   what would go out on a later day"

test: $(VENV)/installed  ## test the built wheel, not the checkout, on all cores; ARGS="-k dates -n 0" a part, on one
	@REMINDR_WHEEL="$$(echo $(CURDIR)/$(DIST)/*.whl)" $(BIN)/pytest --quiet --tb=short -n auto --dist loadfile $(ARGS)

faults: ARGS := tests/faults tests/years
faults: export REMINDR_KILL_POINTS ?= 1000
faults: export REMINDR_POWER_CUTS ?= 1500
faults: export REMINDR_BAD_CALLS ?= 1000
faults: export REMINDR_CLOCK_GAPS ?= 60
faults: export REMINDR_HARMED_EXPORTS ?= 10000
faults: export REMINDR_ROUNDS ?= 50
faults: export REMINDR_SMTP_POINTS ?= 1000
faults: export REMINDR_SMTP_KILLS ?= 500
faults: export REMINDR_SMTP_BAD_CALLS ?= 1000
faults: export REMINDR_SMTP_WEATHERS ?= 60
faults: test  ## kill runs, cut the power, spoil disks, clocks and exports, race runs, and a hundred customers for a year

mutations: ARGS := -n 0 tests/mutations
mutations: test  ## harm every sample of an export in every way; an hour on two cores

check: $(VENV)/locked  ## format, lint, types, direction of imports
	@$(BIN)/ruff format --check --quiet . || { echo "  hint: make fix" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@said=$$(PYTHONPATH=src $(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said" >&2; exit 1; }

fix: $(VENV)/locked  ## put format and simple lint findings right
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

docs: $(VENV)/installed  ## write the reference pages anew from the code
	@$(BIN)/python -m remindr.history.reference > docs/reference/metrics.md

bench: $(VENV)/installed $(BENCH_VENV)/locked  ## measure speed; SIZES="10k 100k 1m", REPEATS=3
	@$(BIN)/python bench/run.py --baseline-python $(BENCH_VENV)/bin/python \
		$(if $(REPEATS),--repeats $(REPEATS)) $(SIZES)

lock:  ## choose new versions of all dependencies; needs uv
	uv pip compile pyproject.toml --group test --group check $(LOCKING) -o requirements.lock
	uv pip compile --group bench -c requirements.lock $(LOCKING) -o bench/requirements.lock
LOCKING = --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock"

clean:  ## remove everything made here
	rm -rf $(VENV) $(BENCH_VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/locked: requirements.lock
	@$(find_python); echo "Setting up $(VENV) with $$python (once, about a minute)"; $(call make_venv,$(VENV))
	@$(BIN)/python $(PIP) --require-hashes -r requirements.lock
	@touch $@

$(BENCH_VENV)/locked: bench/requirements.lock
	@$(find_python); echo "Setting up $(BENCH_VENV) with $$python (once)"; $(call make_venv,$(BENCH_VENV))
	@$(BENCH_VENV)/bin/python $(PIP) --require-hashes -r bench/requirements.lock
	@touch $@

$(DIST)/built: $(PACKAGED) $(VENV)/locked
	@rm -rf $(DIST) && mkdir -p $(DIST)
	@$(BIN)/python -m pip wheel --quiet --quiet --disable-pip-version-check --no-build-isolation --no-deps -w $(DIST) .
	@touch $@

$(VENV)/installed: $(DIST)/built
	@$(BIN)/python $(PIP) --no-deps --force-reinstall $(DIST)/*.whl
	@touch $@
