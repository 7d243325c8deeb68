"""Learning curves as pictures: by matplotlib if it is installed, else as SVG written here."""

from __future__ import annotations

import importlib.util
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from mark1.callbacks.history import History

Curves = Mapping[str, Sequence[float]]

_PANEL_WIDTH, _PANEL_HEIGHT = 420, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 40, 44
# Training and validation; the pair stays apart for colour-blind eyes and in grey (Okabe and Ito).
_COLOURS = ("#0072B2", "#D55E00")


def default_suffix() -> str:
    """Return ``.png`` if matplotlib is there to write it, else ``.svg``."""
    return ".png" if importlib.util.find_spec("matplotlib") else ".svg"


def plot_history(history: History | Curves, path: str | os.PathLike[str]) -> Path:
    """Draw loss and metrics over the epochs, each with its validation curve if there is one.

    Args:
        history: what `fit` returned, or its ``history`` dictionary (name: one value per epoch).
        path: where to write. ``.svg`` needs nothing but this package; other endings (``.png``,
            ``.pdf``) are matplotlib's.

    Returns:
        The path that was written.

    Raises:
        ValueError: nothing was recorded.
        ModuleNotFoundError: the ending needs matplotlib, which is not installed.

    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> plot_history({"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]}, folder + "/run.svg").name
    'run.svg'
    """
    curves = history.history if isinstance(history, History) else history
    names = [name for name in curves if not name.startswith("val_")]
    if not names or not all(len(values) for values in curves.values()):
        raise ValueError("[plot_history] the history holds no epoch. Train for at least one")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    panels = [{n: curves[n] for n in (name, f"val_{name}") if n in curves} for name in names]
    if path.suffix == ".svg":
        path.write_text(_svg(panels), encoding="utf-8")
    elif default_suffix() == ".png":
        _draw_with_matplotlib(panels, path)
    else:
        raise ModuleNotFoundError(
            f"[plot_history] {path.suffix} is drawn by matplotlib, which is not installed. "
            "Install mark1[plot], or give a path that ends in .svg"
        )
    return path


def _draw_with_matplotlib(panels: Sequence[Curves], path: Path) -> None:
    from matplotlib.figure import Figure  # without pyplot: no window, no global state

    figure = Figure(figsize=(4.2 * len(panels), 3.2), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        for colour, (name, values) in zip(_COLOURS, panel.items(), strict=False):
            marker = "o" if len(values) == 1 else ""
            axes.plot(range(1, len(values) + 1), values, color=colour, label=name, marker=marker)
        axes.set_xlabel("epoch")
        axes.set_title(next(iter(panel)))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=150)


def _svg(panels: Sequence[Curves]) -> str:
    width = _PANEL_WIDTH * len(panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_PANEL_HEIGHT}" '
        f'width="{width}" height="{_PANEL_HEIGHT}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for index, panel in enumerate(panels):
        lines.append(f'<g transform="translate({index * _PANEL_WIDTH} 0)">')
        lines.extend(_svg_panel(panel))
        lines.append("</g>")
    return "\n".join([*lines, "</svg>", ""])


def _svg_panel(panel: Curves) -> list[str]:
    finite = [v for values in panel.values() for v in values if math.isfinite(v)] or [0.0]
    epochs = max(len(values) for values in panel.values())
    y_ticks = _ticks(min(finite), max(finite))
    x_ticks = [t for t in _ticks(1, epochs) if t == int(t) and 1 <= t <= epochs]
    low, high = y_ticks[0], y_ticks[-1]
    right, bottom = _PANEL_WIDTH - _RIGHT, _PANEL_HEIGHT - _BOTTOM

    def x_of(epoch: float) -> float:
        return _LEFT + (right - _LEFT) * ((epoch - 1) / (epochs - 1) if epochs > 1 else 0.5)

    def y_of(value: float) -> float:
        return bottom - (bottom - _TOP) * (value - low) / (high - low)

    title = escape(next(iter(panel)))
    out = [
        f'<text x="{(_LEFT + right) / 2:.1f}" y="22" text-anchor="middle" font-size="14">'
        f"{title}</text>"
    ]
    for tick in y_ticks:
        y = y_of(tick)
        out.append(f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>')
        out.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:.6g}</text>')
    for tick in x_ticks:
        out.append(
            f'<text x="{x_of(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{tick:g}</text>'
        )
    out.append(
        f'<text x="{(_LEFT + right) / 2:.1f}" y="{bottom + 36}" text-anchor="middle">epoch</text>'
    )
    for place, (colour, (name, values)) in enumerate(zip(_COLOURS, panel.items(), strict=False)):
        points = [(x_of(i + 1), y_of(v)) for i, v in enumerate(values) if math.isfinite(v)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if len(points) == 1:
            x, y = points[0]
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        y = _TOP + 10 + 16 * place
        out.append(f'<path d="M{right - 130} {y}h20" stroke="{colour}" stroke-width="2"/>')
        out.append(f'<text x="{right - 104}" y="{y + 4}">{escape(name)}</text>')
    return out


def _ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers that enclose a range.

    >>> _ticks(0.13, 0.92)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    if high <= low:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(i * step, 12) for i in range(first, last + 1)]
