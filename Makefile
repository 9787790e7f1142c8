# Two commands matter: `make demo` shows Daybell at work, `make test` proves that it works.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST_ARGS ?=
BENCH_ARGS ?=
# What the tests of the tray (dbus), of the machine's surroundings (python3-dbusmock), of crashes (strace), of the clock (gcc), of completion
# (zsh, fish), of the man page (groff), of starting at login (desktop-file-utils, systemd) and of the page (chromium and its fonts) want of the system; the app itself needs nothing of it.
SYSTEM_PACKAGES := dbus python3-dbusmock python3-gi strace gcc libc6-dev zsh fish groff desktop-file-utils systemd chromium fonts-dejavu-core fonts-noto-color-emoji

.PHONY: help install demo test lint check format schemas grpc man vendor system packages packages-test bench torture machine clean

help: ## List what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## Create the virtual environment and install Daybell into it

$(STAMP): pyproject.toml
	@echo "Installing Daybell into $(VENV) (once, about half a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Daybell needs Python 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Shells have a SECONDS of their own, which some export: only the one on make's command line counts.
demo: install ## Show Daybell at work; SECONDS=30 ends it after so long
	@$(BIN)/daybell start --demo $(if $(filter command line,$(origin SECONDS)),--seconds $(SECONDS))

test: install system lint ## All checks and all tests, with coverage
	@$(BIN)/python -m pytest -n 3 --dist loadfile --cov --cov-report=term:skip-covered $(PYTEST_ARGS)
	@$(BIN)/python -m coverage report --include='src/daybell/core/*,src/daybell/model/*' --fail-under=100 --format=total >/dev/null \
		|| { echo "core and model must be covered whole:"; $(BIN)/python -m coverage report --include='src/daybell/core/*,src/daybell/model/*' --show-missing --skip-covered; exit 1; }

lint: install ## Style, types and architecture
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet || { echo "run: make format"; exit 1; }
	@$(BIN)/mypy
	@for system in darwin win32; do $(BIN)/mypy --platform $$system --no-warn-unreachable --cache-dir .mypy_cache/$$system src || exit 1; done
	@$(BIN)/lint-imports --no-cache >.lint-imports.log || { cat .lint-imports.log; rm .lint-imports.log; exit 1; }
	@tail -1 .lint-imports.log; rm .lint-imports.log

format: install ## Let ruff format and mend what it can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

schemas: install ## Write assets/schemas/ anew from the model
	@$(BIN)/python packaging/write_schemas.py

grpc: install ## Write the modules of api/grpc/ anew from scheduler.proto
	@$(BIN)/python packaging/write_grpc.py

man: install ## Write assets/man/daybell.1 anew from the command line's parser
	@$(BIN)/python packaging/write_man_page.py

vendor: install ## Bundle the page's libraries anew (needs npm)
	@$(BIN)/python tools/vendor/build.py

system:
	@if { command -v dbus-daemon && command -v strace && command -v cc && command -v zsh && command -v fish && command -v groff && command -v desktop-file-validate && command -v systemd-analyze && { [ -n "$$DAYBELL_CHROMIUM" ] || command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable; } && /usr/bin/python3 -c 'import dbusmock, gi'; } >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES); \
	elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES); \
	else echo "Without $(SYSTEM_PACKAGES) the tests of the tray, of the machine's surroundings, of crashes, of the clock, of completion, of the man page, of starting at login and of the page are skipped: sudo apt-get install $(SYSTEM_PACKAGES)"; fi

# A warm start of the build is half a minute; the .deb needs chrpath and binutils.
packages: install ## Pack Daybell for this Linux into dist/: a directory, a .deb and a tarball
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[packaging]'
	@PYSTRAY_BACKEND=dummy $(BIN)/pyinstaller --noconfirm --log-level ERROR packaging/daybell.spec
	@packaging/linux/build-deb.sh
	@packaging/linux/build-tarball.sh

packages-test: install ## Prove what `make packages` built; as root the .deb is installed, upgraded and removed for it
	@DAYBELL_PACKAGES=$(CURDIR)/dist $(BIN)/python -m pytest -s -m packages tests/packaging
	@DAYBELL_PROGRAM=$(CURDIR)/dist/daybell/daybell $(BIN)/python -m pytest -q tests/system $(PYTEST_ARGS)

bench: install ## Measure memory, idle cost, latency, bursts and catch-up beside rivals; BENCH_ARGS=--quick
	@$(BIN)/python benchmarks/run.py $(BENCH_ARGS)

torture: install ## Kill Daybell in the middle of its work, KILLS=1000 times, and count what went wrong
	@$(BIN)/python tests/torture.py $(or $(KILLS),1000)
	@$(BIN)/python tests/rivals.py
	@$(BIN)/python tests/sweeps.py 200

machine: install ## Turn a simulated home upside down, EXAMPLES=2000 times, and check all that is promised
	@DAYBELL_EXAMPLES=$(or $(EXAMPLES),2000) $(BIN)/python -m pytest -q tests/engine/test_machine.py -k whatever_happens

clean: ## Remove what the other targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
