# Everything a person types begins here: `make help` lists it.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
BOOTSTRAP := $(PYTHON) .ci/bootstrap.py
RUN := .venv/bin/python
CODE := heritage scans knowledge_graph tests manage.py .ci
WORKERS ?= 2
SECONDS ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo demo-https serve test thorough faults quick bench fuzz check format messages lock \
	check-style check-types check-imports check-migrations check-deploy \
	check-templates check-messages check-spelling

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup:
	@$(BOOTSTRAP)

setup-dev:
	@$(BOOTSTRAP) --dev

demo: setup  ## a museum at work on generated relics, with its addresses and login
	@exec $(RUN) manage.py demo

demo-https: setup  ## the same over HTTPS on this network, with a QR code for a headset
	@exec $(RUN) manage.py demo --https

serve: setup  ## the same processes for a real museum: empty, its own key, no demo account
	@exec $(RUN) manage.py serve

test: setup-dev  ## all tests; what needs Chromium, PostgreSQL or Redis is skipped without
	$(RUN) .ci/servers.py $(RUN) .ci/suite.py $(WORKERS) $(TESTS)

thorough: setup-dev  ## the tests that take minutes: planted defects, kills and full disks, many scans
	$(RUN) .ci/servers.py $(RUN) -m pytest -n $(WORKERS) --dist loadgroup -m thorough $(TESTS)

faults: setup-dev  ## kills, cut lines and races by the hundred on the real processes (half an hour)
	$(RUN) .ci/servers.py $(RUN) -m pytest -n0 -m faults $(TESTS)

quick: setup-dev  ## the tests that take milliseconds
	$(RUN) -m pytest -n $(WORKERS) --dist loadgroup -m "not (slow or browser or servers or benchmark)" $(TESTS)

bench: setup-dev  ## timed comparisons; the results lie in tests/benchmarks/results/
	$(RUN) -m pytest -n0 -m benchmark $(or $(TESTS),tests/benchmarks)

fuzz: setup-dev  ## let a fuzzer write files for our readers, SECONDS=60 each
	$(RUN) -m pip install --quiet --no-deps atheris
	$(RUN) -m tests.fuzz.run $(SECONDS)

check: setup-dev  ## style, types, imports, migrations, templates, translations, spelling
	@$(MAKE) --no-print-directory -k check-style check-types check-imports check-migrations \
	  check-deploy check-templates check-messages check-spelling

check-style:
	.venv/bin/ruff check $(CODE)
	.venv/bin/ruff format --check $(CODE)

check-types:
	.venv/bin/mypy $(filter-out .ci,$(CODE))
	cd .ci && ../.venv/bin/mypy --config-file mypy.ini .

check-imports:
	.venv/bin/lint-imports --no-cache

check-migrations:
	$(RUN) manage.py makemigrations --check --dry-run

check-deploy:
	HERITAGE_DEBUG=no HERITAGE_HTTPS=yes HERITAGE_SECRET_KEY_FILE=LICENSE \
	  $(RUN) manage.py check --deploy --fail-level WARNING

check-templates:
	.venv/bin/djhtml --check $$($(RUN) .ci/templates.py list)
	$(RUN) .ci/templates.py check

check-messages:
	$(RUN) .ci/messages.py check

check-spelling:
	.venv/bin/typos

format: setup-dev  ## put code and templates into their form
	.venv/bin/ruff check --fix-only $(CODE)
	.venv/bin/ruff format $(CODE)
	.venv/bin/djhtml $$($(RUN) .ci/templates.py list)

messages: setup-dev  ## gather the texts to translate into heritage/locale/ (needs gettext)
	$(RUN) .ci/messages.py gather

lock: setup-dev  ## pin the newest versions that pyproject.toml and package.json allow
	$(RUN) .ci/lock.py
