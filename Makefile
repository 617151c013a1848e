# Two commands do everything on a machine with Python 3.11 and make:
#   make report   set up, build the tables, run the notebooks, write reports/
#   make test     set up, run all tests and compare every notebook
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: help report test notebooks processed lint benchmarks fuzz sensitivity test-oldest \
	test-newest test-environment lock clean

help:
	@sed -n '1,3p' Makefile

$(READY): requirements.txt pyproject.toml
	@echo "== setting up $(VENV) with $(PYTHON) (once; a few minutes)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

report: $(READY)
	@echo "== building the tables, running the notebooks, writing reports/"
	$(BIN)/kgge report --out reports

test: $(READY) lint
	@echo "== running the tests and comparing the notebooks (about ten minutes on two cores)"
	$(BIN)/python -m pytest --numprocesses auto --dist loadscope

lint: $(READY)
	@echo "== checking style and types"
	$(BIN)/ruff check .
	$(BIN)/mypy

# What is committed and made by the code: the processed tables and the executed notebooks.
processed: $(READY)
	$(BIN)/kgge build

notebooks: $(READY)
	$(BIN)/jupyter nbconvert --log-level WARN --to notebook --execute --inplace \
		--ExecutePreprocessor.record_timing=False --ClearMetadataPreprocessor.enabled=True \
		--ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec', ('language_info', 'name')}" \
		notebooks/*.ipynb

benchmarks: $(READY)
	$(BIN)/python benchmarks/run.py

fuzz: $(READY)
	$(BIN)/python tests/fuzz_returns.py

# The share of changed numbers that the notebooks notice (about 20 minutes).
sensitivity: $(READY)
	$(BIN)/python tests/sensitivity.py

# What environment.yml installs by pip, in a clean environment, runs the notebooks.
test-environment:
	$(PYTHON) tests/clean_environment.py

# The same tests on the oldest versions that pyproject.toml allows, and on the newest there are.
test-oldest: $(READY)
	$(PYTHON) -m venv --clear build/oldest
	$(BIN)/python tests/oldest.py > build/oldest.txt
	build/oldest/bin/python -m pip install --quiet --disable-pip-version-check -c build/oldest.txt -e '.[test]'
	build/oldest/bin/python -m pytest --numprocesses auto --dist loadscope

test-newest:
	$(PYTHON) -m venv --clear build/newest
	build/newest/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	build/newest/bin/python -m pytest --numprocesses auto --dist loadscope

# The lock: exact versions of everything the newest allowed versions bring along.
lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint]'
	build/lock/bin/python -m pip freeze --exclude-editable > requirements.txt

clean:
	rm -rf $(VENV) reports build
