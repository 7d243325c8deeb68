"""One line per measurement on the terminal, all of them in a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.harness import Timing
from benchmarks.peak import Peak


class Report:
    """Collects results and prints them as they come."""

    def __init__(self, machine: Mapping[str, Any], peak: Peak) -> None:
        self.peak = peak
        self.results: list[dict[str, Any]] = []
        self.document = {
            "machine": dict(machine),
            "peak": {"flops": peak.flops, "bandwidth": peak.bandwidth},
            "results": self.results,
        }
        print(
            f"{machine['processor']}, {machine['isa']}, {machine['threads']} threads; "
            + ", ".join(f"{k} {v}" for k, v in machine["versions"].items())
        )
        print(
            f"measured peaks: {peak.flops['float32'] / 1e9:.0f} GFLOP/s float32, "
            f"{peak.flops['float64'] / 1e9:.0f} GFLOP/s float64, "
            f"{peak.bandwidth / 1e9:.1f} GB/s copy"
        )

    def heading(self, text: str) -> None:
        columns = f"{'time':>10} {'+-':>5} {'rate':>14} {'peak':>6}"
        print(f"\n{text:46} {columns}   against (above 1: faster)")

    def add(
        self,
        name: str,
        timings: Mapping[str, Timing],
        rate: tuple[float, str] | None = None,
        part: float | None = None,
        **more: Any,
    ) -> None:
        """`timings` has mark1's under "mark1"; the ratios are those of medians."""
        own = timings["mark1"]
        ratios = {k: t.median / own.median for k, t in timings.items() if k != "mark1"}
        self.results.append(
            {
                "name": name,
                "timings": {k: t.as_dict() for k, t in timings.items()},
                "ratios": ratios,
                "rate": {"value": rate[0], "unit": rate[1]} if rate else None,
                "part_of_peak": part,
                **more,
            }
        )
        shown_rate = f"{rate[0]:.4g} {rate[1]}" if rate else ""
        shown_part = f"{part:.0%}" if part is not None else ""
        against = "  ".join(f"{k} {r:.2f}" for k, r in ratios.items())
        print(
            f"{name:46} {format_seconds(own.median):>10} {own.spread:>5.0%} {shown_rate:>14} "
            f"{shown_part:>6}   {against}",
            flush=True,
        )

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.document, indent=1) + "\n", encoding="utf-8")
        print(f"\nwritten to {path}")


def format_seconds(value: float) -> str:
    """Return a duration in the unit that suits it."""
    for factor, unit in ((1e9, "ns"), (1e6, "us"), (1e3, "ms")):
        if value * factor < 1000:
            return f"{value * factor:.3g} {unit}"
    return f"{value:.3g} s"
