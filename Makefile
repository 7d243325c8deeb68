# `make help` lists the targets. Everything happens in .venv, which the targets set up themselves:
# a compiler and Python with venv are all that must be there (Debian: build-essential python3-venv).
PYTHON ?= python3
VENV ?= .venv
RUNS ?= runs
PYTEST_ARGS ?=
WHEELS ?=
PARTS ?=
REPORT ?= build/gpu/report.md
BENCH_ARGS ?=
PEERS ?=

bin := $(VENV)/bin
pip := $(bin)/python -m pip --disable-pip-version-check
stamps := $(VENV)/stamps
# What the installed package is built from; a change here and only here installs it anew.
sources := $(shell find csrc cmake python -type f -not -name '*.so' -not -path '*/__pycache__/*' \
                  2>/dev/null) CMakeLists.txt pyproject.toml README.md
cpp_sources := $(shell find csrc tests benchmarks -name '*.cpp' -o -name '*.h' -o -name '*.cu' \
                      -o -name '*.cuh' 2>/dev/null)

.PHONY: help train test test-all test-peers bench lint format wheel asan tsan races check-cuda test-cuda bench-cuda clean

help:
	@echo 'make train     build, train on the handwritten digits, save model and learning curve'
	@echo 'make test      build, run the tests (PYTEST_ARGS="-k adam" for a part)'
	@echo 'make test-all  the same with the tests that take minutes'
	@echo 'make test-peers  the same numbers as Keras (PEERS=python that has Keras and TensorFlow)'
	@echo 'make bench     kernels against NumPy (and PyTorch if installed)'
	@echo 'make lint      formatters, linter, types, stubs: check only'
	@echo 'make format    rewrite C++ and Python in the style of the project'
	@echo 'make asan      tests under the address and undefined-behaviour sanitizers'
	@echo 'make tsan      tests of the thread pool under the thread sanitizer'
	@echo 'make races     tests of CUDA kernels, without a GPU, on an emulation that finds races'
	@echo 'make check-cuda on a machine with a GPU: build and work off all that is to be shown there'
	@echo '                (WHEELS=DIR without a network, PARTS="tests steps" for a part, REPORT=FILE)'
	@echo 'make test-cuda  of it the tests and compute-sanitizer'
	@echo 'make bench-cuda of it the benchmarks against PyTorch and CuPy (BENCH_ARGS="--only memory")'
	@echo 'make wheel     dist/mark1-*.whl'
	@echo 'make clean     remove .venv, build and caches'

train: $(stamps)/install
	$(bin)/mark1 train digits --save $(RUNS)/digits.keras --plot auto

# Tests of devices in a process of their own, because there is a device in it; 5: none was chosen.
# Comparisons with other libraries have an environment of their own: test-peers.
test: $(stamps)/test
	MARK1_CUDA_EMULATION=1 $(bin)/python -m pytest -q tests/cuda $(PYTEST_ARGS) || [ $$? = 5 ]
	$(bin)/python -m pytest -m 'not long' --ignore=tests/cuda --ignore=tests/peers $(PYTEST_ARGS)

test-all: $(stamps)/test
	MARK1_CUDA_EMULATION=1 $(bin)/python -m pytest -q tests/cuda $(PYTEST_ARGS) || [ $$? = 5 ]
	$(bin)/python -m pytest --ignore=tests/cuda --ignore=tests/peers $(PYTEST_ARGS)

# Comparisons that lie beside the other tests of a class.
compared = $(shell grep -l 'importorskip("keras' -r tests --include='test_*.py' --exclude-dir=peers)

# PEERS: another environment's Python, of the same version as .venv's. What is installed there stays
# as it is: of .venv it sees mark1 alone.
test-peers: $(stamps)/install $(if $(PEERS),,$(stamps)/peers)
	@mkdir -p $(VENV)/alone
	@ln -sfn "$$($(bin)/python -c 'import mark1; print(mark1.__path__[0])')" $(VENV)/alone/mark1
	PYTHONPATH=$(abspath $(VENV)/alone) $(or $(PEERS),$(VENV)/peers/bin/python) -m pytest \
	  -m 'not long' tests/peers $(compared) $(PYTEST_ARGS)

bench: $(stamps)/install
	$(bin)/python -m benchmarks

lint: $(stamps)/dev
	$(bin)/clang-format --dry-run -Werror $(cpp_sources)
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/mypy examples tests/typing/programs
	$(bin)/basedpyright --pythonpath $(bin)/python
	$(bin)/python tests/packaging/check_stubs.py
	$(bin)/python tests/packaging/check_types.py

format: $(stamps)/dev
	$(bin)/clang-format -i $(cpp_sources)
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

wheel: $(stamps)/venv
	$(pip) wheel --quiet --no-deps --wheel-dir dist .
	@ls -l dist/*.whl

asan: $(stamps)/dev
	tests/packaging/run_sanitized.sh asan $(bin) $(PYTEST_ARGS)

tsan: $(stamps)/dev
	tests/packaging/run_sanitized.sh tsan $(bin) $(PYTEST_ARGS)

races: $(stamps)/test
	tests/packaging/run_sanitized.sh races $(bin) $(PYTEST_ARGS)

# On a machine with a GPU. Without a network: WHEELS=DIR, a folder with wheels of what PYTHON lacks.
on_gpu = $(PYTHON) tests/packaging/run_on_gpu.py --wheels "$(WHEELS)" --

check-cuda:
	$(on_gpu) -m tests.cuda.checklist $(PARTS) --report "$(REPORT)"

test-cuda: export PYTEST_ARGS := $(PYTEST_ARGS)
test-cuda:
	$(on_gpu) -m tests.cuda.checklist tests memcheck racecheck synccheck

bench-cuda:
	$(on_gpu) -m benchmarks.cuda $(BENCH_ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache

$(stamps)/venv:
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(stamps) && touch $@

# The build tools live in .venv rather than in pip's isolated environment, whose paths are new each
# time: so a second build compiles only what has changed.
$(stamps)/build-tools: $(stamps)/venv
	$(pip) install --quiet 'scikit-build-core>=0.11' 'pybind11>=3.0' 'cmake>=3.24' 'ninja>=1.10'
	@touch $@

$(stamps)/install: $(stamps)/build-tools $(sources)
	@echo 'Building and installing mark1 (a few minutes the first time)'
	$(pip) install --quiet --no-build-isolation .
	@touch $@

# mark1 is there already: this adds what its extra asks for, and the emulated device.
$(stamps)/test: $(stamps)/install
	$(pip) install --quiet --no-build-isolation -C cmake.define.MARK1_EMULATION=ON .
	$(pip) install --quiet 'mark1[test]'
	@touch $@

$(stamps)/peers: $(stamps)/venv
	$(bin)/python -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip --disable-pip-version-check install --quiet \
	  'keras>=3.15' tensorflow-cpu 'numpy>=1.26' 'rich>=13' 'h5py>=3.10' 'pytest>=8'
	@touch $@

$(stamps)/dev: $(stamps)/test
	$(pip) install --quiet 'mark1[dev]'
	@touch $@
