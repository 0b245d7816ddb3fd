# Needs Python 3.11 and the package registries; everything else is installed into .venv.

MONTH ?= 2022-06
PYTHON ?= python3.11

UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv

export HARDSHIP_HOME ?= $(CURDIR)/data
# Airflow and Great Expectations phone home by default; people's data stay with the city.
export GX_ANALYTICS_ENABLED := false
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED := False

.DEFAULT_GOAL := help
.PHONY: help run report test bench soak airflow lint requirements clean clean-landing

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  e.g. make run MONTH=2022-05    or, with a new city, make clean-landing run RESIDENTS=50000 SEED=2"

run: $(VENV)/.installed ## run one month through Airflow, on an invented city if nobody delivered
	@$(BIN)/hardship synthesize --missing --until $(MONTH) $(if $(RESIDENTS),--residents $(RESIDENTS)) \
		$(if $(SEED),--seed $(SEED))
	@$(BIN)/hardship ingest --before $(MONTH)
	@$(BIN)/python dags/run_month.py $(MONTH)
	@echo
	@$(BIN)/hardship status --month $(MONTH)

report: $(VENV)/.installed ## make a month's report and open it in the browser
	@$(BIN)/hardship report --month $(MONTH) --open

test: $(VENV)/.installed-test ## run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile

bench: $(VENV)/.installed-test ## measure one month of a city of 50,000 residents beside hand-written references
	@$(BIN)/python -m tests.bench $(if $(RESIDENTS),--residents $(RESIDENTS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(ONLY),--only $(ONLY)) $(if $(WITHOUT),--without $(WITHOUT))

soak: $(VENV)/.installed-test ## kill whole months at random points, fifty times, and compare what is left
	@$(BIN)/python -m tests.faults.soak 50

airflow: $(VENV)/.installed ## open the Airflow UI on this machine; Ctrl-C ends it
	@exec $(BIN)/python dags/serve_airflow.py

lint: $(VENV)/.installed-test ## check Python, SQL and rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/sqlfluff lint --disable-progress-bar sql
	@$(BIN)/hardship rules lint

requirements: $(UV) ## pin all packages anew from pyproject.toml
	@$(UV) pip compile --quiet --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--no-emit-find-links --output-file requirements.txt pyproject.toml
	@$(UV) pip compile --quiet --python-version 3.11 --upgrade --no-header --no-emit-index-url \
		--no-emit-find-links --extra test --constraint requirements.txt \
		--output-file requirements-test.txt pyproject.toml

clean: ## remove all tables and lists; the departments' files stay
	@find "$(HARDSHIP_HOME)" -mindepth 1 -maxdepth 1 ! -name landing ! -name reference ! -name sample \
		! -name .secret -exec rm -rf {} +
	@rm -rf .pytest_cache .ruff_cache .hypothesis build

clean-landing: clean ## remove the departments' files as well
	@rm -rf "$(HARDSHIP_HOME)/landing"

# A virtual environment is tied to its folder and its Python: it is made, never copied.
$(UV):
	@$(PYTHON) --version >/dev/null 2>&1 || { echo "Python 3.11 is needed as $(PYTHON) (or make PYTHON=...)"; exit 1; }
	@echo "Making the environment in $(VENV) (once, a few minutes)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# Compiled bytecode makes Airflow start in a third of the time.
$(VENV)/.installed: requirements.txt pyproject.toml | $(UV)
	@echo "Installing the pinned packages"
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.txt
	@echo "Installing the pinned packages of the tests"
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements-test.txt
	@touch $@
