# The README's commands. Plain python3 (3.11+), venv and pip are enough.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test faults report lint bench setup setup-test setup-spark clean

setup: $(VENV)/.installed

$(VENV)/.installed: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "安装依赖（首次约两分钟）……"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -r requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@

setup-test: $(VENV)/.installed-test

$(VENV)/.installed-test: $(VENV)/.installed requirements-test.txt
	@echo "安装测试依赖……"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps -r requirements-test.txt
	@$(BIN)/python deploy/test_system.py
	@touch $@

setup-spark: $(VENV)/.installed-spark

# a folder of its own: pandas keeps texts in another way where pyarrow is installed, and most sites have none
$(VENV)/.installed-spark: $(VENV)/.installed-test requirements-spark.txt
	@echo "安装 Spark 测试依赖（约一分钟）……"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --upgrade --target $(VENV)/spark \
		-r requirements-spark.txt
	@touch $@

run: setup
	@$(BIN)/gma demo ensure
	@$(BIN)/gma serve --port $(PORT)

report: setup
	@$(BIN)/gma demo ensure
	@$(BIN)/gma demo report

test: setup-test setup-spark
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/pytest -n 2 --dist loadfile
	@PYTHONPATH=$(CURDIR)/$(VENV)/spark $(BIN)/pytest $(SPARK)

# what is different where pyspark and pyarrow are installed; GMA_SPARK=long adds a stand-alone cluster that loses a worker
SPARK := tests/tools/sources/test_spark.py tests/tools/analysis/test_screening.py

# every fault in its long form; progress and each trial are kept in var/faults, and a run that was broken off goes on
FAULTS := tests/faults tests/agent/test_sources_down.py tests/tools/sources/test_trouble.py \
	tests/tools/sources/test_late_arrivals.py tests/tools/quality/test_corrupt.py tests/core/test_audit.py

faults: setup-test
	@GMA_FAULTS=long GMA_KILL_REPEATS=8 GMA_KILL_RANDOM=1000 GMA_FAULTS_OUT=$${GMA_FAULTS_OUT:-var/faults} \
		$(BIN)/pytest $(FAULTS) -n 2 --dist loadfile --timeout 40000

lint: setup-test
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

bench: setup
	@$(BIN)/gma demo ensure
	@$(BIN)/gma bench

clean:
	rm -rf $(VENV) var build dist
