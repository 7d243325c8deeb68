"""The Python blocks in README and the documentation run as they stand, in order.

Docstring examples are executed by tests/packaging/test_docstrings.py.
"""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    p
    for p in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    if p.exists()
]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[str]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_blocks_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__example__"}
    for number, block in enumerate(blocks(page), 1):
        where = f"{page.name}, Python block {number}"
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, names, where, page.name, 0)
            results = doctest.DocTestRunner().run(test, clear_globs=False)
            assert results.failed == 0, where + "\n" + capsys.readouterr().out
            names.update(test.globs)
        else:
            exec(compile(block, where, "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_links_inside_the_repository_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
