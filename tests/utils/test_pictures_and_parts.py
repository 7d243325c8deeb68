"""Pictures by means of Pillow, data in two parts, bars of one's own."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from mark1 import Tensor, ops, preprocessing, utils

X = np.random.default_rng(0).integers(0, 256, (6, 5, 3)).astype("float32")


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pictures_go_to_files_and_back(tmp_path, channels):
    pytest.importorskip("PIL")
    x = np.concatenate([X, X[:, :, :1]], axis=2)[:, :, :channels]
    utils.save_img(tmp_path / "x.png", x, scale=False)
    mode = {1: "grayscale", 3: "rgb", 4: "rgba"}[channels]
    again = utils.img_to_array(utils.load_img(tmp_path / "x.png", color_mode=mode))
    np.testing.assert_array_equal(again, x)
    first = utils.img_to_array(utils.load_img(tmp_path / "x.png", mode), "channels_first")
    np.testing.assert_array_equal(first, x.transpose(2, 0, 1))


@pytest.mark.parametrize("keep", [False, True])
def test_pictures_are_those_of_keras(tmp_path, keep):
    pytest.importorskip("PIL")
    theirs = pytest.importorskip("keras").utils
    path = str(tmp_path / "x.png")
    utils.save_img(path, X)
    for mode in ("rgb", "grayscale"):
        pictures = [
            u.img_to_array(u.load_img(path, mode, (3, 7), "bilinear", keep_aspect_ratio=keep))
            for u in (utils, theirs)
        ]
        np.testing.assert_array_equal(*pictures)
    scaled = [np.asarray(u.array_to_img(X - 40)) for u in (utils, theirs)]
    np.testing.assert_array_equal(*scaled)


@pytest.mark.parametrize("size", [(3, 7), (4, 4), (9, 2)])
def test_the_middle_is_resized_as_in_keras(size):
    ours = preprocessing.image.smart_resize(X, size)
    assert isinstance(ours, np.ndarray)
    assert ours.shape == (*size, 3)
    assert isinstance(preprocessing.image.smart_resize(ops.convert_to_tensor(X), size), Tensor)
    with pytest.raises(ValueError, match=r"\[smart_resize\] size has a height and a width, got"):
        preprocessing.image.smart_resize(X, (3, 7, 3))
    theirs = pytest.importorskip("keras").preprocessing.image.smart_resize(X, size)
    np.testing.assert_allclose(ours, np.asarray(theirs), atol=1e-3)


def test_jpeg_has_no_transparency(tmp_path):
    pytest.importorskip("PIL")
    utils.save_img(tmp_path / "x.jpg", np.concatenate([X, X[:, :, :1]], axis=2))
    assert utils.load_img(tmp_path / "x.jpg").size == (5, 6)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: utils.load_img("x", "cmyk"), r"\[load_img\] color_mode must be one of"),
        (lambda: utils.load_img("x", interpolation="best"), "interpolation must be one of"),
        (lambda: utils.img_to_array([1.0]), r"a picture has 2 or 3 axes, got an array of \(1,\)"),
        (lambda: utils.img_to_array(X, "last"), "data_format must be one of"),
        (lambda: utils.array_to_img(X[:, :, :2]), "a picture has 1, 3 or 4 channels, got 2"),
        (lambda: utils.split_dataset([1, 2]), "needs arrays of one length"),
        (lambda: utils.split_dataset(X, 0.05), "do not make parts of 0 and 6"),
        (lambda: utils.split_dataset(X), "needs left_size or right_size"),
        (lambda: utils.split_dataset(X, 6), "left_size must be from 1 to 5, got 6"),
        (lambda: utils.split_dataset(X, 1.5), "left_size must be between 0 and 1, got 1.5"),
        (lambda: utils.split_dataset(X, 4, 4), "6 samples do not make parts of 4 and 4"),
        (lambda: utils.Progbar(1, stateful_metrics=[], stateless_metrics=[]), "not both"),
    ],
)
def test_what_is_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()


def test_without_pillow_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"\[array_to_img\] needs Pillow: pip install pillow"):
        utils.array_to_img(X)


def test_data_in_two_parts():
    y = np.arange(6)
    (xl, yl), (xr, yr) = utils.split_dataset((X, y), right_size=0.34, shuffle=True, seed=3)
    assert (len(yl), len(yr)) == (4, 2)
    assert sorted([*yl, *yr]) == [0, 1, 2, 3, 4, 5]
    for x, labels in ((xl, yl), (xr, yr)):
        np.testing.assert_array_equal(x, X[labels])
    left, right = utils.split_dataset({"a": y}, left_size=2, right_size=3)
    assert (left["a"].tolist(), right["a"].tolist()) == ([0, 1], [2, 3, 4])


def test_a_bar_shows_means_and_what_it_is_given(capsys):
    bar = utils.Progbar(4, stateful_metrics=["rate"])
    bar.update(1, [("loss", 4.0), ("rate", 0.5)])
    bar.add(3, [("loss", 0.0), ("rate", 1e-5)])
    shown = capsys.readouterr().out
    assert shown.startswith("4/4 - ")
    assert shown.endswith(" - loss: 1.0000 - rate: 1.0000e-05\n")


def test_a_bar_on_a_terminal(monkeypatch):
    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr("sys.stdout", stream)
    bar = utils.Progbar(2, width=4, interval=0.0, stateless_metrics=["loss"])
    bar.update(1, [("loss", 1.0), ("best", 2.0)])
    bar.update(2, [("loss", 3.0), ("best", 5.0)])
    assert "\r[==  ] 1/2 - " in stream.getvalue()
    assert stream.getvalue().endswith("loss: 2.0000 - best: 5.0000\n")
