"""What README promises a newcomer; that its example runs and its links hold, tests/docs asks."""

import re
from pathlib import Path

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def test_the_two_commands_stand_alone():
    assert "make train\nmake test\n" in blocks("")


def test_example_is_short():
    assert [len(example.splitlines()) for example in blocks("python")] <= [22]
