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

environment=build/gpu-venv
"$python" -m venv --system-site-packages "$environment"
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
  -C cmake.define.MARK1_CUDA_ARCHITECTURES="${MARK1_CUDA_ARCHITECTURES:-native}" .
"$environment/bin/python" -m mark1 info

unset MARK1_CUDA_EMULATION
"$environment/bin/python" "$@"
if [ "$2" = pytest ] && command -v compute-sanitizer >/dev/null; then
  compute-sanitizer --error-exitcode 1 "$environment/bin/python" "$@" -x -k 'gemm or softmax or reduce'
fi
