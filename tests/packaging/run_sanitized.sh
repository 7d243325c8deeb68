#!/bin/sh
# Builds with a sanitizer and runs tests under it:
#   run_sanitized.sh asan|tsan|races VENV/bin [pytest args]
# asan: Python tests with address and undefined-behaviour sanitizers (leaks off: Python itself
# leaves memory to the system). tsan: the native stress test of the thread pool; Python is not
# built for that sanitizer and would drown it. races: tests of devices on an emulated one that finds
# races between threads of its kernels; without pytest args a kernel that never ran is an error.
set -eu
preset=$1
bin=$(cd "$2" && pwd)
shift 2
cd "$(dirname "$0")/../.."
PATH=$bin:$PATH
export PATH

cmake --preset "$preset" -DMARK1_NATIVE_TESTS=ON -DPython_EXECUTABLE="$bin/python" \
  -Dpybind11_DIR="$("$bin/python" -m pybind11 --cmakedir)" >"build/$preset.log" 2>&1 ||
  { cat "build/$preset.log"; exit 1; }
cmake --build --preset "$preset"

if [ "$preset" = races ]; then
  package=$PWD/build/races/package counts=build/races/counts
  rm -rf "$package" "$counts"
  mkdir -p "$package" "$counts"
  cp -r "$(cd / && "$bin/python" -c 'import mark1; print(mark1.__path__[0])')" "$package/"
  rm -f "$package"/mark1/_cuda*.so "$package"/mark1/_emulated*.so
  cp build/races/csrc/cuda/emulation/_emulated*.so "$package/mark1/"
  export MARK1_CUDA_EMULATION=1 PYTHONPATH="$package"
  "$bin/python" -c 'import mark1._emulated as device; assert device.finds_races()'
  [ $# = 0 ] || exec "$bin/python" -m pytest "$@"
  # Halves that take about as long; what they leave out takes long and has no kernel of its own.
  cases=tests/cuda/test_cases.py
  MARK1_KERNELS=$counts/cases.json "$bin/python" -m pytest -q $cases >"$counts/cases.log" 2>&1 &
  others=0
  MARK1_KERNELS=$counts/others.json "$bin/python" -m pytest -q tests/cuda --ignore=$cases \
    --ignore=tests/cuda/test_benchmarks.py || others=$?
  wait $! || { cat "$counts/cases.log"; exit 1; }
  tail -n 1 "$counts/cases.log"
  "$bin/python" -m tests.cuda.kernels "$counts"/*.json || exit 1
  exit $others
fi

if [ "$preset" = tsan ]; then
  TSAN_OPTIONS=halt_on_error=1 "build/tsan/tests/native/thread_pool" 100
  exit
fi
build/asan/tests/native/thread_pool 100

package=build/asan/package
rm -rf "$package"
mkdir -p "$package"
cp -r python/mark1 "$package/"
rm -f "$package"/mark1/*.so
cp build/asan/_core*.so "$package/mark1/"
libraries=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)
ASAN_OPTIONS=detect_leaks=0:halt_on_error=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
  LD_PRELOAD=$libraries PYTHONPATH=$package \
  "$bin/python" -m pytest -m 'not long' --ignore=tests/packaging "$@"
