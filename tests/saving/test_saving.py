import io
import json
import os
import zipfile

import h5py
import numpy as np
import pytest

import mark1
from mark1.layers import Dense, Dropout, Flatten, Input, LeakyReLU
from mark1.models import Sequential, load_model
from mark1.saving import saving as saving_module

X = np.random.default_rng(0).normal(size=(40, 2, 2)).astype(np.float32)
Y = np.arange(40) % 3


def trained():
    mark1.utils.set_random_seed(0)
    model = Sequential(
        [
            Input((2, 2)),
            Flatten(),
            Dense(5, activation="relu"),
            LeakyReLU(0.2),
            Dropout(0.3),
            Dense(3, activation="softmax", name="probabilities"),
        ],
        name="classifier",
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=2, verbose=0)
    return model


def test_round_trip(tmp_path):
    model = trained()
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    assert mark1.utils.weights_hash(again) == mark1.utils.weights_hash(model)
    assert again.get_config() == model.get_config()
    assert again.get_compile_config() == model.get_compile_config()
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    for mine, theirs in zip(again.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())


def test_training_goes_on_where_it_stopped(tmp_path):
    model = trained()
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    for made in (model, again):
        made.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    # Dropout too: the state of its generator is in the file.
    assert mark1.utils.weights_hash(again) == mark1.utils.weights_hash(model)


def test_layout_is_that_of_keras(tmp_path):
    trained().save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        metadata = json.loads(archive.read("metadata.json"))
        config = json.loads(archive.read("config.json"))
        weights = h5py.File(io.BytesIO(archive.read("model.weights.h5")))
    assert {"keras_version", "date_saved", "mark1_version"} == set(metadata)
    assert set(config) == {
        "module", "class_name", "config", "registered_name", "build_config", "compile_config",
    }  # fmt: skip
    assert (config["module"], config["class_name"]) == ("keras", "Sequential")
    entries = config["config"]["layers"]
    assert [e["class_name"] for e in entries] == [
        "InputLayer", "Flatten", "Dense", "LeakyReLU", "Dropout", "Dense",
    ]  # fmt: skip
    assert {e["module"] for e in entries} == {"keras.layers"}
    assert entries[0]["config"]["batch_shape"] == [None, 2, 2]
    assert entries[2]["build_config"] == {"input_shape": [None, 4]}
    assert weights["layers/dense/vars/0"].shape == (4, 5)
    assert weights["layers/dense_1/vars/1"].shape == (3,)
    assert weights["layers/dense_1/vars"].attrs["name"] == "probabilities"
    assert len(weights["layers/flatten/vars"]) == 0
    assert len(weights["optimizer/vars"]) == 2 + 2 * 4
    assert weights["optimizer/vars/0"][()] == 4
    assert weights["vars"].attrs["name"] == "classifier"


def test_what_keras_wrote_can_be_read(tmp_path):
    """A file as Keras writes it: more keys in the configs, no state of generators."""
    model = trained()
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        config = json.loads(archive.read("config.json"))
        weights = archive.read("model.weights.h5")
    config["config"]["layers"][2]["config"]["quantization_config"] = None
    config["config"]["dtype"]["shared_object_id"] = 140
    config["compile_config"]["jit_compile"] = True
    buffer = io.BytesIO(weights)
    with h5py.File(buffer, "r+") as file:
        del file["layers/dropout/seed_generator"]
        del file["layers/flatten"]
    repack(tmp_path / "k.keras", config, buffer.getvalue())
    again = load_model(tmp_path / "k.keras")
    assert mark1.utils.weights_hash(again) == mark1.utils.weights_hash(model)


def repack(path, config, weights, **more):
    members = {"metadata.json": b"{}", "config.json": config, "model.weights.h5": weights, **more}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, json.dumps(data) if isinstance(data, dict) else data)


def test_uncompiled_and_untrained(tmp_path):
    model = Sequential([Input((3,)), Dense(1)])
    model.save(tmp_path / "a.keras")
    again = load_model(tmp_path / "a.keras")
    assert again.optimizer is None
    model.compile("sgd", mark1.losses.BinaryCrossentropy(from_logits=True), metrics=["mae"])
    model.save(tmp_path / "b.keras")
    again = load_model(tmp_path / "b.keras")
    assert again.loss.from_logits is True
    assert load_model(tmp_path / "b.keras", compile=False).optimizer is None


def test_nested_and_deferred(tmp_path):
    model = Sequential([Sequential([Dense(3)]), Dense(2)])
    with pytest.raises(ValueError, match=r"\[save\] .* has no weights yet"):
        model.save(tmp_path / "m.keras")
    y = model(X[:, 0])
    model.save(tmp_path / "m.keras")
    np.testing.assert_array_equal(load_model(tmp_path / "m.keras")(X[:, 0]), y)


def test_weights_only(tmp_path):
    model = trained()
    model.save_weights(tmp_path / "w.weights.h5")
    model.save(tmp_path / "m.keras")
    for name in ("w.weights.h5", "m.keras"):
        other = Sequential.from_config(model.get_config())
        assert mark1.utils.weights_hash(other) != mark1.utils.weights_hash(model)
        other.load_weights(tmp_path / name)
        assert mark1.utils.weights_hash(other) == mark1.utils.weights_hash(model)


def test_weights_of_another_architecture_change_nothing(tmp_path):
    trained().save_weights(tmp_path / "w.weights.h5")
    other = Sequential([Input((2, 2)), Flatten(), Dense(5), Dense(4)])
    before = mark1.utils.weights_hash(other)
    text = r"layers/dense_1/vars/0 has shape \(5, 3\), .*/kernel has \(5, 4\): the file belongs to"
    with pytest.raises(ValueError, match=text):
        other.load_weights(tmp_path / "w.weights.h5")
    assert mark1.utils.weights_hash(other) == before
    more = Sequential([Input((2, 2)), Flatten(), Dense(5), Dense(3), Dense(3)])
    with pytest.raises(ValueError, match="layers/dense_2/vars holds 0 arrays, the model needs 2"):
        more.load_weights(tmp_path / "w.weights.h5")


def test_custom_layers(tmp_path):
    class Double(mark1.layers.Layer):
        def call(self, x):
            return x * 2.0

    model = Sequential([Input((2,)), Double(), Dense(1)])
    model.save(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="unknown layer 'Double'"):
        load_model(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects={"Double": Double})
    np.testing.assert_array_equal(again(X[:, 0]), model(X[:, 0]))


def test_names_of_files(tmp_path):
    model = trained()
    with pytest.raises(ValueError, match=r"\[save\] the name of the file must end in .keras"):
        model.save(tmp_path / "m.h5")
    with pytest.raises(ValueError, match=r"\[save_weights\] the name .* must end in .weights.h5"):
        model.save_weights(tmp_path / "m.h5")
    with pytest.raises(FileNotFoundError, match=r"\[save\] there is no folder"):
        model.save(tmp_path / "missing" / "m.keras")
    with pytest.raises(FileNotFoundError, match=r"\[load_model\] no such file"):
        load_model(tmp_path / "missing.keras")
    model.save(tmp_path / "m.keras")
    with pytest.raises(FileExistsError, match="exists, and overwrite is False"):
        model.save(tmp_path / "m.keras", overwrite=False)


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    model = trained()
    path = tmp_path / "m.keras"
    path.write_bytes(b"the old file")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        model.save(path)
    assert path.read_bytes() == b"the old file"
    assert os.listdir(tmp_path) == ["m.keras"]
    monkeypatch.undo()
    monkeypatch.setattr(saving_module, "write_weights", fail)
    with pytest.raises(OSError, match="disk full"):
        model.save(path)
    assert path.read_bytes() == b"the old file"


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path):
    (tmp_path / "runs").mkdir()
    target, link = tmp_path / "runs" / "best.keras", tmp_path / "latest.keras"
    link.symlink_to(target)
    model = Sequential([Input((2,)), Dense(1)])
    for _ in range(2):  # of a target that is not there yet, and of one that is
        model.save(link)
        assert link.is_symlink()
        assert not target.is_symlink()
        load_model(target)
    assert sorted(p.name for p in target.parent.iterdir()) == ["best.keras"]


def test_files_have_the_usual_permissions(tmp_path):
    trained().save(tmp_path / "m.keras")
    (tmp_path / "other").write_bytes(b"")
    assert (tmp_path / "m.keras").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_state_of_layers_that_were_unfrozen_later(tmp_path):
    model = Sequential([Input((4,)), Dense(3, trainable=False), Dense(2)])
    model.compile(mark1.optimizers.SGD(0.1, momentum=0.9), "mse")
    x = np.random.default_rng(0).normal(size=(8, 4)).astype(np.float32)
    model.fit(x, x[:, :2], verbose=0)
    model.layers[0].trainable = True
    model.save(tmp_path / "untrained.keras")
    model.fit(x, x[:, :2], verbose=0)
    model.save(tmp_path / "trained.keras")
    load_model(tmp_path / "untrained.keras")
    other = load_model(tmp_path / "trained.keras")
    for one in (model, other):
        one.fit(x, x[:, :2], shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_resumed_run_ends_where_the_unbroken_one_would_have(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((70, 5)).astype(np.float32)
    y = rng.integers(0, 3, 70)

    def new_model():
        mark1.utils.set_random_seed(3)
        model = mark1.Sequential(
            [
                mark1.Input((5,)),
                mark1.layers.Dense(7, activation="relu"),
                mark1.layers.Dropout(0.3),
                mark1.layers.Dense(3, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    unbroken = new_model()
    unbroken.fit(x, y, epochs=4, batch_size=16, verbose=0)

    first = new_model()
    first.fit(x, y, epochs=2, batch_size=16, verbose=0)
    first.save(tmp_path / "half.keras")
    mark1.utils.set_random_seed(99)  # another process would have another one
    resumed = mark1.models.load_model(tmp_path / "half.keras")
    resumed.fit(x, y, epochs=4, initial_epoch=2, batch_size=16, verbose=0)
    assert mark1.utils.weights_hash(resumed) == mark1.utils.weights_hash(unbroken)
