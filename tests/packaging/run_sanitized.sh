#!/bin/sh
# Builds with a sanitizer and runs tests under it:  run_sanitized.sh asan|tsan VENV/bin [pytest args]
# asan: Python tests with address and undefined-behaviour sanitizers (leaks off: Python itself
# leaves memory to the system). tsan: the native stress test of the thread pool; Python is not
# built for that sanitizer and would drown it.
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
