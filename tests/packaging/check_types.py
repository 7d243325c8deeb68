"""Check that the package tells type checkers no less of its types than it did.

Counted are the public symbols whose types follow from what is written, without inference, as
`basedpyright --verifytypes` finds them.

    python tests/packaging/check_types.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

# A share of all symbols. It may rise: write the new one here.
LEAST = 0.99


def share() -> float:
    """Return the share of symbols of mark1 whose types are known."""
    bin = Path(sys.executable).parent
    command = [bin / "basedpyright", "--verifytypes", "mark1", "--ignoreexternal", "--outputjson"]
    # It looks for packages where the first python of PATH does, whatever --pythonpath says.
    path = os.pathsep.join([str(bin), os.environ.get("PATH", "")])
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path})
    found = json.loads(done.stdout)["typeCompleteness"]
    assert found["packageName"] == "mark1"
    assert found["symbols"], "no symbols were found: is mark1 installed?"
    return float(found["completenessScore"])


if __name__ == "__main__":
    found = share()
    print(f"types of {100 * found:.1f} % of mark1's symbols are written down")
    if found < LEAST:
        sys.exit(
            f"they were {100 * LEAST:.1f} %: basedpyright --verifytypes mark1 --ignoreexternal "
            "lists those that are not"
        )
