#!/bin/sh
# Builds with nvcc on a machine that has a GPU, and runs a command of Python there:
#   run_on_gpu.sh PYTHON WHEELS -m pytest tests/cuda
# The environment sees what the machine's Python has (NumPy, CuPy, PyTorch, pytest). What it lacks
# comes from the folder WHEELS, or from the network if that is empty.
set -eu
python=$1
wheels=$2
shift 2
cd "$(dirname "$0")/../.."

architectures="${MARK1_CUDA_ARCHITECTURES:-native}"

# With pip, in an environment of its own.
with_pip() {
  environment=build/gpu-venv
  "$python" -m venv --system-site-packages "$environment" || return 1
  pip="$environment/bin/python -m pip --disable-pip-version-check --quiet"
  if [ -n "$wheels" ]; then
    pip="$pip --no-index --find-links $wheels"
  fi
  $pip install 'scikit-build-core>=0.11' 'pybind11>=3.0'
  # Tools that the machine has need not come from wheels.
  command -v cmake >/dev/null || $pip install 'cmake>=3.24'
  command -v ninja >/dev/null || $pip install 'ninja>=1.10'
  "$environment/bin/python" -c 'import numpy' || $pip install numpy
  "$environment/bin/python" -c 'import pytest' || $pip install pytest
  $pip install --no-deps --no-build-isolation -C cmake.define.MARK1_CUDA=ON \
    -C cmake.define.MARK1_CUDA_ARCHITECTURES="$architectures" .
  python="$environment/bin/python"
}

# Without: wheels are archives, and CMake builds by itself.
without_pip() {
  site=$PWD/build/gpu-site
  mkdir -p "$site"
  for wheel in ${wheels:+"$wheels"/*.whl}; do
    "$python" -m zipfile -e "$wheel" "$site"
  done
  PYTHONPATH=$PWD/python:$site
  export PYTHONPATH
  cmake -S . -B build/gpu -DCMAKE_BUILD_TYPE=Release -DMARK1_CUDA=ON \
    -DMARK1_CUDA_ARCHITECTURES="$architectures" -DPython_EXECUTABLE="$(command -v "$python")" \
    -Dpybind11_DIR="$("$python" -m pybind11 --cmakedir)"
  cmake --build build/gpu --parallel "$(nproc)"
  cp build/gpu/_core*.so build/gpu/csrc/cuda/_cuda*.so python/mark1/
}

if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  with_pip
else
  without_pip
fi
"$python" -m mark1 info

unset MARK1_CUDA_EMULATION
"$python" "$@"
if [ "$2" = pytest ] && command -v compute-sanitizer >/dev/null; then
  compute-sanitizer --error-exitcode 1 "$python" "$@" -x -k 'gemm or softmax or reduce'
  # Where threads wait for each other or share memory, in the smallest tests of them.
  for tool in racecheck synccheck; do
    compute-sanitizer --tool "$tool" --error-exitcode 1 "$python" "$@" -x -k 'recurrent or attention'
  done
fi
