"""The check of object files itself, on objects that are right and wrong."""

import shutil
import subprocess

import pytest

from tests.packaging import check_objects

pytestmark = pytest.mark.skipif(
    not (shutil.which("g++") and shutil.which("nm")), reason="needs g++ and nm"
)

GOOD = """
namespace mark1 { namespace avx2 {
namespace { template <class T> T twice(T x) { return x + x; } }
struct Table { int (*run)(int); };
extern const Table test_kernels;
const Table test_kernels = {&twice<int>};
}}
"""


def compiled(tmp_path, source):
    folder = tmp_path / "mark1_avx2.dir"
    folder.mkdir()
    (folder / "simd.cpp").write_text(source)
    command = ["g++", "-O0", "-c", str(folder / "simd.cpp"), "-o", str(folder / "simd.cpp.o")]
    subprocess.run(command, check=True)
    return check_objects.problems_of(*check_objects.find_objects(tmp_path))


def test_one_table_is_right(tmp_path):
    assert compiled(tmp_path, GOOD) == []
    assert check_objects.main(tmp_path) == 0


def test_a_template_outside_the_anonymous_namespace_is_found(tmp_path, capsys):
    problems = compiled(
        tmp_path, GOOD.replace("namespace { template", "inline namespace n { template")
    )
    assert len(problems) == 1
    assert problems[0].startswith("weak symbol")
    assert check_objects.main(tmp_path) == 1
    assert "1 at fault" in capsys.readouterr().out


def test_a_second_global_is_found(tmp_path):
    problems = compiled(tmp_path, GOOD + "int helper() { return 1; }\n")
    assert len(problems) == 1
    assert problems[0].startswith("2 global symbols instead of 1")


def test_nothing_to_check_is_a_failure(tmp_path, capsys):
    assert check_objects.main(tmp_path) == 1
    assert "build first" in capsys.readouterr().err
