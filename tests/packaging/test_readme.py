"""What the README shows works as shown."""

import re
from pathlib import Path

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def test_the_two_commands_stand_alone():
    assert "make train\nmake test\n" in blocks("")


def test_example_runs(tmp_path, monkeypatch, capsys):
    (example,) = blocks("python")
    assert len(example.splitlines()) <= 22
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})
    accuracy = float(re.search(r"'accuracy': ([0-9.]+)", capsys.readouterr().out)[1])
    assert accuracy >= 0.96
    assert (tmp_path / "digits.keras").is_file()


def test_links_lead_somewhere():
    root = Path(__file__).resolve().parents[2]
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (root / link).exists()] == []
