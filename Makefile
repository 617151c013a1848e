# Two commands do everything on a machine with Python 3.11 and make:
#   make report   set up, build the tables, run the notebooks, write reports/
#   make test     set up, run all tests and compare every notebook
# After a change:
#   make processed notebooks   make again what is committed and made by the code
#   make benchmarks            speed and memory, as ratios (on a machine that does nothing else)
# From time to time:
#   make fuzz                  2,000 spoilt returns: no crash, nothing lost
#   make sensitivity           which changed numbers the notebooks notice (15 minutes)
#   make mutants               which changes of the code no test notices (an hour)
#   make test-oldest           the tests on the oldest versions that pyproject.toml allows
#   make test-newest           the same on the newest there are; `make lock` then takes these
#   make test-environment      what environment.yml installs by pip runs the notebooks
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: help report test notebooks processed lint benchmarks fuzz sensitivity mutants \
	test-oldest test-newest test-environment lock clean

help:
	@awk '!/^#/ {exit} {sub(/^# /, ""); print}' Makefile

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
	@echo "== running the tests and comparing the notebooks (five to ten minutes on two cores)"
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

sensitivity: $(READY)
	$(BIN)/python tests/sensitivity.py

mutants: $(READY)
	$(BIN)/python tests/mutate.py annex.read annex.tree returns.collect \
		analysis.reporting analysis.progress analysis.spending analysis.prices

test-environment:
	$(PYTHON) tests/clean_environment.py

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
