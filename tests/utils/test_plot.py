"""Learning curves: what is drawn, with and without matplotlib."""

import xml.etree.ElementTree as ET

import pytest

from mark1.callbacks import History
from mark1.utils import plot

CURVES = {
    "loss": [2.0, 1.0, 0.5],
    "accuracy": [0.3, 0.6, 0.8],
    "val_loss": [2.1, 1.2, 0.9],
    "val_accuracy": [0.2, 0.5, 0.7],
}
SVG = "{http://www.w3.org/2000/svg}"


def draw(tmp_path, curves):
    path = plot.plot_history(curves, tmp_path / "new" / "folder" / "curve.svg")
    return ET.parse(path).getroot()


def test_svg_has_a_panel_per_quantity_and_a_line_per_curve(tmp_path):
    root = draw(tmp_path, CURVES)
    panels = root.findall(f"{SVG}g")
    assert [panel.find(f"{SVG}text").text for panel in panels] == ["loss", "accuracy"]
    for panel in panels:
        lines = panel.findall(f"{SVG}polyline")
        assert [len(line.get("points").split()) for line in lines] == [3, 3]
        texts = [text.text for text in panel.findall(f"{SVG}text")]
        assert {"1", "2", "3", "epoch"} <= set(texts)
        assert "val_" + texts[0] in texts


def test_svg_points_are_where_the_values_are(tmp_path):
    root = draw(tmp_path, {"loss": [0.0, 1.0]})
    (x0, y0), (x1, y1) = (
        map(float, point.split(","))
        for point in root.find(f".//{SVG}polyline").get("points").split()
    )
    assert x0 < x1
    assert y0 > y1


@pytest.mark.parametrize("values", [[0.5], [0.5, 0.5], [float("nan"), 1.0], [float("inf")], [1e-9]])
def test_svg_of_odd_values(tmp_path, values):
    text = ET.tostring(draw(tmp_path, {"loss": values}), encoding="unicode")
    assert "nan" not in text
    assert "inf" not in text


def test_names_are_escaped(tmp_path):
    assert draw(tmp_path, {"<a&b>": [1.0, 2.0]}).find(f".//{SVG}text").text == "<a&b>"


def test_history_object_and_matplotlib(tmp_path):
    pytest.importorskip("matplotlib")
    history = History()
    history.on_epoch_end(0, {"loss": 1.0})
    path = plot.plot_history(history, tmp_path / "curve.png")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setattr(plot.importlib.util, "find_spec", lambda name: None)
    assert plot.default_suffix() == ".svg"
    with pytest.raises(ModuleNotFoundError, match=r"\.png is drawn by matplotlib.*mark1\[plot\]"):
        plot.plot_history(CURVES, tmp_path / "curve.png")
    plot.plot_history(CURVES, tmp_path / "curve.svg")


@pytest.mark.parametrize("curves", [{}, {"loss": []}])
def test_empty_history(tmp_path, curves):
    with pytest.raises(ValueError, match="the history holds no epoch"):
        plot.plot_history(curves, tmp_path / "curve.svg")
