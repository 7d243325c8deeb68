"""Files that are cut short, foreign or hostile: a clear error, nothing run, nothing changed."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

import mark1
from mark1.layers import Dense, Input
from mark1.models import Sequential, load_model


@pytest.fixture
def good(tmp_path):
    model = Sequential([Input((3,)), Dense(2, name="d")])
    model.compile("sgd", "mse")
    model.save(tmp_path / "good.keras")
    return tmp_path / "good.keras"


def change(good, config=None, weights=None):
    """Returns a copy of the file with its config or its weights changed."""
    with zipfile.ZipFile(good) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if config is not None:
        parsed = json.loads(members["config.json"])
        config(parsed)
        members["config.json"] = json.dumps(parsed).encode()
    if weights is not None:
        buffer = io.BytesIO(members["model.weights.h5"])
        with h5py.File(buffer, "r+") as file:
            weights(file)
        members["model.weights.h5"] = buffer.getvalue()
    path = good.with_name("changed.keras")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_cut_short_anywhere(good):
    data = good.read_bytes()
    path = good.with_name("cut.keras")
    for end in [0, 1, 100, len(data) // 2, len(data) - 1, *range(0, len(data), 997)]:
        path.write_bytes(data[:end])
        with pytest.raises(
            ValueError, match=r"\[load_model\] .* is not a .keras file, or cut short"
        ):
            load_model(path)


def test_flipped_bytes_never_do_worse_than_an_error(good):
    data = bytearray(good.read_bytes())
    path = good.with_name("flipped.keras")
    rng = np.random.default_rng(0)
    texts = []
    for position in rng.integers(0, len(data), 150):
        flipped = data.copy()
        flipped[position] ^= 0xFF
        path.write_bytes(flipped)
        try:
            load_model(path)
        except ValueError as raised:
            texts.append(str(raised))
    assert all(text.startswith("[") for text in texts)


def test_damaged_weights_alone(good):
    model = load_model(good)
    before = mark1.utils.weights_hash(model)
    model.save_weights(good.with_name("w.weights.h5"))
    data = good.with_name("w.weights.h5").read_bytes()
    path = good.with_name("cut.weights.h5")
    for end in (0, 7, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:end])
        with pytest.raises(ValueError, match=r"\[load\] .*(not an HDF5 file|damaged|belongs)"):
            model.load_weights(path)
    assert mark1.utils.weights_hash(model) == before


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\x80\x04K\x01.", "is not a .keras file, or cut short"),
        (b"import os", "is not a .keras file, or cut short"),
    ],
)
def test_foreign_files(tmp_path, content, text):
    path = tmp_path / "foreign.keras"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=text):
        load_model(path)
    assert path.read_bytes() == content


def test_other_zip_files(tmp_path):
    path = tmp_path / "other.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ValueError, match=r"is not a .keras file: no config.json and no model.w"):
        load_model(path)
    with pytest.raises(ValueError, match=r"is a folder, not a .keras file"):
        load_model(tmp_path)
    with pytest.raises(ValueError, match=r"only .keras files hold models"):
        load_model(tmp_path / "old.h5")


def layer(config):
    return config["config"]["layers"][1]


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (
            lambda c: c.update(class_name="Functional"),
            "not the config of a functional model",
        ),
        (lambda c: c.update(class_name="os.system"), "holds a 'os.system', which is not known"),
        (lambda c: c.update(config=3), "not known here"),
        (lambda c: layer(c).update(class_name="Lambda"), "functions are not read from files"),
        (
            lambda c: layer(c).update(class_name="Dens"),
            "unknown layer 'Dens'. Did you mean 'Dense'",
        ),
        (lambda c: layer(c).update(config=[]), "the config must be a dictionary"),
        (lambda c: layer(c)["config"].update(units="many"), "units must be a positive integer"),
        (lambda c: layer(c)["config"].update(activation="__import__"), "__import__"),
        (lambda c: layer(c)["config"].update(extra=1), "does not know the argument"),
        (lambda c: c["config"].update(layers=3), "no list of layers"),
        (lambda c: c["compile_config"].update(optimizer="adm"), "unknown optimizer 'adm'"),
        (lambda c: c["compile_config"].update(loss="exec"), "unknown loss 'exec'"),
        (lambda c: c.update(class_name=["Sequential"]), "which is not known here"),
        (lambda c: layer(c)["config"].update(units=10**9), "more than there can be weights for"),
        (lambda c: layer(c)["config"].update(units=10**30), "more than there can be weights for"),
        (lambda c: layer(c)["config"].update(units=3), "the file belongs to another architecture"),
    ],
)
def test_hostile_configs(good, edit, text):
    with pytest.raises(ValueError, match=text):
        load_model(change(good, config=edit))


def test_modules_named_by_a_file_are_not_imported(good):
    def edit(config):
        layer(config).update(module="antigravity", registered_name="antigravity>Dense")

    import sys

    assert load_model(change(good, config=edit)).count_params() == 8
    assert "antigravity" not in sys.modules


def replace(file, value):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = value


@pytest.mark.parametrize(
    "edit",
    [
        lambda f: replace(f, h5py.ExternalLink("/etc/hosts", "/x")),
        lambda f: replace(f, h5py.SoftLink("/layers/dense/vars/1")),
        lambda f: replace(f, "text"),
        lambda f: replace(f, np.zeros((3, 2), complex)),
        lambda f: (
            f["layers/dense/vars"].pop("0"),
            f["layers/dense/vars"].create_dataset(
                "0", (3, 2), "f4", external=[("/etc/hosts", 0, 24)]
            ),
        ),
    ],
)
def test_links_and_odd_arrays(good, edit):
    with pytest.raises(ValueError, match=r"layers/dense/vars/0 is not a plain array of numbers"):
        load_model(change(good, weights=edit))


def test_an_announced_size_is_not_allocated(good):
    def edit(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars"].create_dataset("0", (1 << 40, 2), "f4", chunks=(1 << 10, 2))

    with pytest.raises(ValueError, match="belongs to another architecture"):
        load_model(change(good, weights=edit))


def test_expanding_members_are_refused(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (80 << 20))
        archive.writestr("model.weights.h5", b"")
    with pytest.raises(ValueError, match=r"config.json would be 83886080 bytes, the limit is"):
        load_model(path)


def test_flipped_bytes_in_compressed_members(good):
    """Keras' own files are stored; others may compress, and zlib has errors of its own."""
    path = good.with_name("deflated.keras")
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in archive.namelist():
            out.writestr(name, archive.read(name))
    load_model(path)
    data = path.read_bytes()
    texts = []
    for position in np.random.default_rng(0).integers(0, len(data), 150):
        flipped = bytearray(data)
        flipped[position] ^= 0x55
        path.write_bytes(flipped)
        try:
            load_model(path)
        except ValueError as error:
            texts.append(str(error))
    assert len(texts) > 75
    assert all(text.startswith("[") for text in texts)
