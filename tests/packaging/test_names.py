"""One name per op: folder, files, binding, Python file, case file. Nothing is listed by hand."""

import re
from pathlib import Path

import pytest

from tests.cases import all_benchmarks, all_cases

ROOT = Path(__file__).parents[2]
OPS = sorted(p.name for p in (ROOT / "csrc" / "ops").iterdir() if p.is_dir())


def test_ops_are_found():
    assert "broadcast" in OPS


@pytest.mark.parametrize("op", OPS)
def test_folder_has_the_files_of_an_op(op):
    folder = ROOT / "csrc" / "ops" / op
    names = {p.name for p in folder.iterdir()}
    assert {f"{op}.h", f"{op}.cpp", "reference.cpp", "simd.cpp", "bind.cpp"} <= names


@pytest.mark.parametrize("op", OPS)
def test_op_is_bound_under_its_name(op):
    module = (ROOT / "csrc" / "bindings" / "module.cpp").read_text(encoding="utf-8")
    assert f"bind_{op}(ops);" in module
    binding = (ROOT / "csrc" / "ops" / op / "bind.cpp").read_text(encoding="utf-8")
    assert f"void bind_{op}(" in binding


@pytest.mark.parametrize("op", OPS)
def test_op_has_a_python_file(op):
    """Named after the op, or after one of the functions it binds (gemm: matmul)."""
    binding = (ROOT / "csrc" / "ops" / op / "bind.cpp").read_text(encoding="utf-8")
    names = {op, *re.findall(r'(?:\bdef\(\s*"|\bbind_)(\w+)', binding)}
    package = ROOT / "python" / "mark1"
    assert any(path.stem in names for path in package.rglob("*.py")), f"none of {sorted(names)}"


@pytest.mark.parametrize("op", OPS)
def test_op_has_cases(op):
    assert op in {c.op for c in all_cases()}, f"tests/cases/{op}.py has no CASES"


@pytest.mark.parametrize("op", OPS)
def test_op_has_a_benchmark(op):
    assert op in {c.op for c in all_benchmarks()}, f"tests/cases/{op}.py has no BENCHMARKS"


@pytest.mark.parametrize("op", OPS)
def test_kernel_table_is_named_after_the_op(op):
    text = (ROOT / "csrc" / "ops" / op / f"{op}.cpp").read_text(encoding="utf-8")
    assert re.search(rf"\b{op}_kernels\b", text)


def test_bindings_carry_no_documentation():
    for path in (ROOT / "csrc").rglob("bind*.cpp"):
        text = path.read_text(encoding="utf-8")
        assert "doc()" not in text, path
        assert 'R"' not in text, path


def test_intrinsics_live_in_simd_only():
    for path in [*(ROOT / "csrc").rglob("*.h"), *(ROOT / "csrc").rglob("*.cpp")]:
        if path.parent.name != "simd":
            assert "immintrin.h" not in path.read_text(encoding="utf-8"), path


def test_every_python_op_file_has_a_folder_or_computes_nothing():
    for path in (ROOT / "python" / "mark1" / "ops").glob("[!_]*.py"):
        text = path.read_text(encoding="utf-8")
        if "record(" in text and path.stem not in OPS:
            # Built from other ops (or views): must not call a kernel of its own name.
            assert f"_core.{path.stem}_" not in text, path
