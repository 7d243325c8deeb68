"""Write docs/keras-coverage.md: what Keras exports, what this package has, and why not the rest.

python tests/packaging/keras_coverage.py          # rewrite the page; needs Keras
python tests/packaging/keras_coverage.py --check  # say whether it is up to date
"""

from __future__ import annotations

import argparse
import sys
import types
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "keras-coverage.md"
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from tests.packaging.keras_gaps import (  # noqa: E402
    DIFFERENCES,
    LEFT_OUT,
    MODULES,
    REASONS,
    reason,
)

INTRODUCTION = """\
# What there is of Keras

Every public name of Keras {version}, module by module, and what of it mark1 has under the same
name; written by `python tests/packaging/keras_coverage.py`. A name that is there is not a promise
that every option is: what is not supported raises an error that says so. `make test-peers` compares
layers, losses, metrics, optimizers, schedules and operations with Keras, number by number; what
differs on purpose is at the end.

"""


def names_of(module: Any) -> list[str]:
    """The public names of a module, without modules below it."""
    return [
        name
        for name in dir(module)
        if not name.startswith("_") and not isinstance(getattr(module, name), types.ModuleType)
    ]


def within(root: Any, path: str) -> Any:
    """The module below another that a path such as "optimizers.schedules" names, or None."""
    for part in filter(None, path.split(".")):
        root = getattr(root, part, None)
    return root


def missing(keras: Any, ours: Any, path: str) -> tuple[int, list[str]]:
    """How many names Keras has in a module, and which of them are missing here."""
    theirs = names_of(within(keras, path))
    module = within(ours, path)
    return len(theirs), [name for name in theirs if not hasattr(module, name)]


def page(keras: Any, ours: Any) -> str:
    """The whole text."""
    lines = ["| module | names in Keras | in mark1 | missing |", "|---|---|---|---|"]
    sections: list[str] = []
    for path in MODULES:
        total, gaps = missing(keras, ours, path)
        title = f"`keras.{path}`" if path else "`keras`"
        lines.append(f"| {title} | {total} | {total - len(gaps)} | {len(gaps)} |")
        by_reason: dict[str, list[str]] = defaultdict(list)
        for name in gaps:
            by_reason[reason(path, name)].append(name)
        if gaps:
            sections.append(f"## {title}\n")
            # What is to come first, then what is not.
            for why in sorted(by_reason, key=lambda why: (why != "not yet", why)):
                names = ", ".join(f"`{name}`" for name in by_reason[why])
                sections.append(f"* {why}: {names}")
            sections.append("")
    sections.append("## Modules that are left out\n")
    sections += [f"* `keras.{name}`: {why}" for name, why in sorted(LEFT_OUT.items())]
    sections += ["", "## What differs\n"]
    sections += [f"* {what}: {how}" for what, how in DIFFERENCES.items()]
    text = "\n".join([*lines, "", *sections])
    return INTRODUCTION.format(version=keras.__version__) + text + "\n"


def idle_reasons(keras: Any, ours: Any) -> list[str]:
    """Reasons for what is not missing, or not in Keras."""
    idle = []
    for path, reasons in REASONS.items():
        gaps = missing(keras, ours, path)[1]
        named = [name for names in reasons for name in names.split()]
        idle += [f"{path}.{name}" for name in named if name not in gaps]
    return idle


def main() -> int:
    """Write the page or check it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    import keras

    import mark1

    text = page(keras, mark1)
    idle = idle_reasons(keras, mark1)
    if idle:
        print("reasons for what is not missing:", ", ".join(idle), file=sys.stderr)
    if arguments.check:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print("up to date" if current else f"{PAGE.name} is out of date: run this without --check")
        return 0 if current and not idle else 1
    PAGE.write_text(text, encoding="utf-8")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())
