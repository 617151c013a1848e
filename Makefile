# Two commands do everything on a machine with Python (3.11 or newer) and make:
#   make report   set up, build the tables, run the notebooks, write reports/
#   make test     set up, run all tests and compare every notebook
# After a change:
#   make quick                 the tests that take a moment, in about a minute
#   make processed notebooks   make again what is committed and made by the code
#   make benchmarks            speed and memory, as ratios (on a machine that does nothing else)
# From time to time:
#   make fuzz                  2,000 spoilt returns: no crash, nothing lost
#   make sensitivity           which changed numbers the notebooks notice (15 minutes)
#   make mutants               which changes of the code no test notices (an hour)
#   make test-oldest           the tests on the oldest versions that pyproject.toml allows
#   make test-newest           the same on the newest there are; `make lock` then takes these
#   make test-environment      what environment.yml installs by pip runs the notebooks
# The first Python that fits is taken, or the one that PYTHON= names; VENV= puts it elsewhere.
PYTHON_THAT_FITS := .ci/python
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
INSTALL = -m pip install --disable-pip-version-check
# The cells of a notebook stay on one process, and the longest begin: see conftest.py.
PYTEST := -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

SHELL := bash
# Compiled once, not by each of a hundred processes, also where the machine asks for the latter.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help report test quick notebooks processed lint benchmarks fuzz sensitivity mutants \
	test-oldest test-newest test-environment lock clean

help:
	@awk '!/^#/ {exit} {sub(/^# /, ""); print}' Makefile

# pip says a line for each of 150 packages, or with --quiet none for minutes: every 25th is shown.
$(READY): requirements.txt pyproject.toml .ci/python
	@echo "== setting up $(VENV) (once; one to three minutes, 660 MB)"
	@$(PYTHON_THAT_FITS) -c 'import sys; print("   Python", sys.version.split()[0])'
	@$(PYTHON_THAT_FITS) -m venv $(VENV)
	@set -o pipefail; $(BIN)/python $(INSTALL) --progress-bar off -r requirements.txt | awk ' \
		/^(Collecting|Processing|Requirement already)/ && ++n % 25 == 0 {print "   " n " packages fetched"} \
		/^Installing/ {print "   installing " n " packages"} {fflush()}'
	@$(BIN)/python $(INSTALL) --quiet --no-deps --editable .
	@touch $(READY)

report: $(READY)
	@echo "== building the tables, running the notebooks, writing reports/"
	$(BIN)/kgge report --out reports

test: $(READY) lint
	@echo "== running the tests and comparing the notebooks (four to eight minutes on two cores)"
	$(BIN)/python $(PYTEST)

quick: $(READY)
	@echo "== running the tests that take a moment; the others and the notebooks: make test"
	HYPOTHESIS_PROFILE=quick $(BIN)/python $(PYTEST) -m "not slow"

lint: $(READY)
	@echo "== checking style and types"
	$(BIN)/ruff check .
	$(BIN)/mypy

# What is committed and made by the code: the processed tables and the executed notebooks.
processed: $(READY)
	$(BIN)/kgge build

notebooks: $(READY)
	$(BIN)/jupyter nbconvert --log-level INFO --to notebook --execute --inplace \
		--ExecutePreprocessor.record_timing=False --ClearMetadataPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec', ('language_info', 'name')}" \
		--ClearMetadataPreprocessor.preserve_cell_metadata_mask="{'tags'}" \
		notebooks/*.ipynb

benchmarks: $(READY)
	$(BIN)/python benchmarks/run.py

fuzz: $(READY)
	$(BIN)/python tests/fuzz_returns.py

sensitivity: $(READY)
	$(BIN)/python tests/sensitivity.py

mutants: $(READY)
	$(BIN)/python tests/mutate.py annex.read annex.tree returns.collect \
		analysis.reporting analysis.progress analysis.spending analysis.prices

test-environment:
	$(PYTHON_THAT_FITS) tests/clean_environment.py

test-oldest: $(READY)
	$(PYTHON_THAT_FITS) -m venv --clear build/oldest
	$(BIN)/python tests/oldest.py > build/oldest.txt
	build/oldest/bin/python $(INSTALL) --quiet -c build/oldest.txt -e '.[test]'
	build/oldest/bin/python $(PYTEST)

test-newest:
	$(PYTHON_THAT_FITS) -m venv --clear build/newest
	build/newest/bin/python $(INSTALL) --quiet -e '.[test]'
	build/newest/bin/python $(PYTEST)

# The lock: exact versions of everything the newest allowed versions bring along, for each Python
# from 3.11.0 on and each system; a marker stands where one version does not fit all of them.
# From 4.25 on jsonschema takes three seconds to import, as the tests, the report and JupyterLab do.
lock:
	$(PYTHON_THAT_FITS) -m venv --clear build/lock
	build/lock/bin/python $(INSTALL) --quiet uv
	echo 'jsonschema<4.25' > build/lock/below.txt
	build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--constraint build/lock/below.txt \
		--no-annotate --custom-compile-command "make lock" --extra test --extra lint \
		--output-file requirements.txt pyproject.toml

clean:
	rm -rf $(VENV) reports build
