"""Models to files and back.

Reading a file never runs code: classes come from closed registries and from what the caller names,
never from an import that the file asks for, and there is no pickle.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mark1 import losses
from mark1.saving.atomic import write_atomically
from mark1.saving.weights import Assignment, entries, training_entries, write_weights
from mark1.utils.custom_objects import CustomObjectScope, get_registered_object, name_in_files

if TYPE_CHECKING:
    from pathlib import Path

    from mark1.models.model import Model

# The version of Keras whose file layout this is.
_KERAS_VERSION = "3.15.1"


def save_model(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Write a model to a ``.keras`` file; see `mark1.models.Model.save`.

    >>> import mark1
    >>> model = mark1.Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    >>> save_model(model, "example.keras")
    >>> load_model("example.keras").count_params()
    10
    """
    import datetime as dt

    from mark1 import __version__
    from mark1.saving.archive import pack

    path = _target(filepath, ".keras", "save", overwrite)
    if not model.built:
        raise ValueError(
            f'[save] "{model.name}" has no weights yet: begin with an Input, or call build or fit'
        )
    config = description_of(model)
    compile_config = model.get_compile_config()
    if compile_config is not None:
        config["compile_config"] = compile_config
    metadata = {
        "keras_version": _KERAS_VERSION,
        "date_saved": dt.datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
        "mark1_version": __version__,
    }
    groups = [*entries(model), *(training_entries(model) if _in_training(model) else ())]
    weights = write_weights(groups)
    write_atomically(path, pack(config, metadata, weights))


def load_model(
    filepath: Any, custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Model:
    """Read a model from a ``.keras`` file.

    Args:
        filepath: where from.
        custom_objects: classes and functions of the user that the file may name.
        compile: whether to compile the model as it was, with the state of its optimizer.

    Returns:
        The model.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, foreign, or names a class that is not known.

    >>> load_model("missing.keras")
    Traceback (most recent call last):
    FileNotFoundError: [load_model] no such file: missing.keras
    """
    from mark1.layers.layer import limit_weights
    from mark1.models.compiled import Compiled
    from mark1.saving.archive import unpack

    path = _path(filepath)
    if path.suffix in (".h5", ".hdf5"):
        raise ValueError(f"[load_model] {path}: only .keras files hold models; see load_weights")
    config, data = unpack(path)
    # As many elements as the weights in the file can hold, even if they are compressed.
    with limit_weights(len(data) * 250), CustomObjectScope(custom_objects):
        model = described_model(config, custom_objects, f"[load_model] {path}")
        described = config.get("compile_config")
        if compile and described:
            with _malformed(f"[load_model] {path}"):
                model._compiled = _compiled(Compiled, described, custom_objects)
    assignment = Assignment()
    assignment.read(data, entries(model), str(path))
    if model.optimizer is not None:
        _read_training(assignment, model, data, str(path))
    assignment.apply()
    return model


def described_model(
    config: dict[str, Any], custom_objects: Mapping[str, Any] | None, where: str
) -> Model:
    """Make a model of what a file says of it; its weights are new.

    Args:
        config: names of module and class, and the class's config.
        custom_objects: classes and functions of the user.
        where: what messages begin with.

    Raises:
        ValueError: it is malformed, or names a class that is not known.

    >>> described_model({"class_name": "Tower"}, None, "[load_model] t.keras")
    Traceback (most recent call last):
    ValueError: [load_model] t.keras holds a 'Tower', which is not known here
    """
    from mark1.models.functional import Functional
    from mark1.models.sequential import Sequential

    name, registered = config.get("class_name"), config.get("registered_name")
    names = [part for part in (registered, name) if isinstance(part, str)]
    own = next((o for o in (get_registered_object(n, custom_objects) for n in names) if o), None)
    known: dict[Any, Any] = {"Sequential": Sequential, "Functional": Functional}
    cls = own or (known.get(name) if isinstance(name, str) else None)
    if cls is None or not isinstance(config.get("config"), dict):
        raise ValueError(f"{where} holds a {name!r}, which is not known here")
    with _malformed(where), CustomObjectScope(custom_objects):
        model: Model = cls.from_config(config["config"])
        shape = (config.get("build_config") or {}).get("input_shape")
        if not model.built and shape:
            model.build(tuple(shape))
    return model


@contextmanager
def _malformed(where: str) -> Iterator[None]:
    """Say of errors of other kinds that a config is to blame."""
    try:
        yield
    except ValueError as error:
        if "] unknown " not in str(error):
            raise
        raise ValueError(
            f"{error} If it is your own, name it in custom_objects={{...}}, or decorate it with "
            "mark1.saving.register_keras_serializable()"
        ) from error
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{where}: the config is malformed: {error}") from error


def description_of(model: Any) -> dict[str, Any]:
    """Describe a model: the inverse of `described_model`.

    >>> import mark1
    >>> description_of(mark1.Sequential([mark1.Input((4,))]))["class_name"]
    'Sequential'
    """
    return {
        "module": model._module,
        "class_name": type(model).__name__,
        "config": model.get_config(),
        "registered_name": name_in_files(type(model)),
        "build_config": {"input_shape": model._build_shape},
    }


def _compiled(cls: Any, described: dict[str, Any], custom: Mapping[str, Any] | None) -> Any:
    loss = described.get("loss")
    return cls(
        described.get("optimizer"),
        losses.get(loss, custom) if isinstance(loss, dict) and "class_name" in loss else loss,
        described.get("metrics"),
        described.get("weighted_metrics"),
        bool(described.get("run_eagerly", False)),
        custom,
        described.get("loss_weights"),
    )


def _read_training(assignment: Assignment, model: Any, data: bytes, source: str) -> None:
    """Read the state of training, if the file has any: untrained models have none."""
    import io

    import h5py

    with h5py.File(io.BytesIO(data), "r") as file:
        state = file.get("optimizer/vars")
        if not isinstance(state, h5py.Group):
            return
        count = len(state)
    groups = list(training_entries(model))
    # One that has made no step holds its count and its rate in Keras, and no more.
    if not count == 2 < len(groups[0][2]):
        assignment.read(data, groups, source)


def _in_training(model: Any) -> bool:
    return model.optimizer is not None and bool(model.optimizer.built)


def save_weights(model: Any, filepath: Any, overwrite: bool = True) -> None:
    """Write a model's weights to a ``.weights.h5`` file.

    >>> import mark1
    >>> model = mark1.Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    >>> save_weights(model, "example.weights.h5")
    """
    path = _target(filepath, ".weights.h5", "save_weights", overwrite)
    if not model.built:
        raise ValueError(
            f'[save_weights] "{model.name}" has no weights yet: call build or fit first'
        )
    write_atomically(path, write_weights(entries(model)))


def load_weights(model: Any, filepath: Any) -> None:
    """Read a model's weights; see `mark1.models.Model.load_weights`.

    >>> import mark1
    >>> model = mark1.Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    >>> save_weights(model, "example.weights.h5")
    >>> load_weights(model, "example.weights.h5")
    """
    path = _path(filepath)
    if not model.built:
        raise ValueError(
            f'[load_weights] "{model.name}" is not built: begin with an Input, or call build'
        )
    if path.suffix == ".keras":
        from mark1.saving.archive import unpack

        data = unpack(path)[1]
    elif path.name.endswith(".weights.h5"):
        if not path.exists():
            raise FileNotFoundError(f"[load_weights] no such file: {path}")
        data = path.read_bytes()
    else:
        raise ValueError(f"[load_weights] {path}: expected a .weights.h5 or .keras file")
    assignment = Assignment()
    assignment.read(data, entries(model), str(path))
    assignment.apply()


def _path(filepath: Any) -> Path:
    from pathlib import Path  # Not before it is needed: it brings a dozen modules along.

    return Path(os.fspath(filepath))


def _target(filepath: Any, ending: str, op: str, overwrite: bool) -> Path:
    path = _path(filepath)
    if not path.name.endswith(ending):
        raise ValueError(f"[{op}] the name of the file must end in {ending}, got {path}")
    if path.exists() and not overwrite:
        raise FileExistsError(f"[{op}] {path} exists, and overwrite is False")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"[{op}] there is no folder {path.parent}")
    return path
