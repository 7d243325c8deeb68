"""Weights as HDF5, laid out as Keras 3 does.

A layer's own weights are ``vars/0``, ``vars/1`` and so on; its parts are groups: those of a list of
layers ``layers/dense``, ``layers/dense_1``, named by class and not by layer name, those in
attributes under the attribute's name. An optimizer's state is ``optimizer/vars``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from mark1.typing import Array
from mark1.utils.naming import snake_case
from mark1.variable import Variable

Entry = tuple[str, str, list[Variable]]  # group, name attribute, variables


def entries(model: Any) -> Iterator[Entry]:
    """Return the groups of a model's file with the variables they hold, in order."""
    yield from _layer_entries(model, "")


def training_entries(model: Any) -> Iterator[Entry]:
    """Return the groups that a model in training has besides: with them a run can be resumed."""
    optimizer = model.optimizer
    # In the model's order: the state may have been made in another, layer after layer unfrozen.
    optimizer._build_for(model.trainable_variables)
    yield "optimizer/vars", optimizer.name, optimizer.state_of(model.trainable_variables)
    yield "shuffle/seed_generator/vars", "seed_generator", [model.shuffle_generator.state]


def _layer_entries(layer: Any, prefix: str) -> Iterator[Entry]:
    own = sorted(layer._weights, key=lambda w: not w.trainable)
    yield f"{prefix}vars", layer.name, own
    generator = getattr(layer, "seed_generator", None)
    if generator is not None:
        yield f"{prefix}seed_generator/vars", "seed_generator", [generator.state]
    if hasattr(layer, "_layers"):
        parts = {"layers": list(layer.layers)}
        single: set[str] = set()
    else:
        parts = layer._sublayers
        single = {
            name for name in parts if not isinstance(getattr(layer, name, None), (list, tuple))
        }
    for attribute, members in parts.items():
        if attribute in single:
            yield from _layer_entries(members[0], f"{prefix}{attribute}/")
            continue
        for name, member in _named_by_class(members):
            yield from _layer_entries(member, f"{prefix}{attribute}/{name}/")


def _named_by_class(layers: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    used: dict[str, int] = {}
    for layer in layers:
        name = snake_case(type(layer).__name__)
        number = used.get(name, 0)
        used[name] = number + 1
        yield (name if number == 0 else f"{name}_{number}"), layer


def write_weights(groups: Iterable[Entry]) -> bytes:
    """Return an HDF5 file with the values of the variables."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, name, variables in groups:
            group = file.create_group(path)
            group.attrs["name"] = name
            for i, variable in enumerate(variables):
                group.create_dataset(str(i), data=variable.numpy())
    return buffer.getvalue()


class Assignment:
    """Values for variables, all read and checked before the first variable is changed."""

    def __init__(self) -> None:
        self._pairs: list[tuple[Variable, Array]] = []

    def read(self, data: bytes, groups: Iterable[Entry], source: str) -> None:
        """Take the values of the groups out of an HDF5 file.

        Raises:
            ValueError: the file is damaged, or holds other groups or shapes.
        """
        import h5py

        try:
            file = h5py.File(io.BytesIO(data), "r")
        except OSError as error:
            raise ValueError(f"[load] {source}: not an HDF5 file, or cut short: {error}") from error
        with file:
            try:
                for path, _, variables in groups:
                    self._read_group(file, path, variables, source)
            except (OSError, RuntimeError, KeyError, TypeError) as error:
                raise ValueError(f"[load] {source}: damaged HDF5 file: {error}") from error

    def _read_group(self, file: Any, path: str, variables: list[Variable], source: str) -> None:
        group = _descend(file, path)
        if group is None and (not variables or path.endswith("seed_generator/vars")):
            return  # Keras leaves out what is empty, and keeps no random state.
        count = 0 if group is None else len(group)
        if count != len(variables):
            raise ValueError(
                f"[load] {source}: {path} holds {count} arrays, the model needs {len(variables)}: "
                "the file belongs to another architecture"
            )
        for i, variable in enumerate(variables):
            dataset = _plain_dataset(group, str(i), f"{source}: {path}/{i}")
            if tuple(dataset.shape) != variable.shape:
                raise ValueError(
                    f"[load] {source}: {path}/{i} has shape {tuple(dataset.shape)}, "
                    f"{variable.path} has {variable.shape}: the file belongs to another "
                    "architecture"
                )
            self._pairs.append((variable, np.asarray(dataset[()])))

    def apply(self) -> None:
        """Change the variables."""
        for variable, array in self._pairs:
            variable.assign(array.astype(variable.dtype, copy=False))


def _descend(file: Any, path: str) -> Any:
    """Follow a path through groups of the file itself: no link of a file leads anywhere else."""
    import h5py

    group = file
    for part in path.split("/"):
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            return None
        group = group[part]
        if not isinstance(group, h5py.Group):
            return None
    return group


def _plain_dataset(group: Any, name: str, where: str) -> Any:
    import h5py

    linked = isinstance(group.get(name, getlink=True), h5py.HardLink)
    dataset = group[name] if linked else None
    # A data set may lie in other files, or need a filter loaded as a library: neither is followed.
    if (
        not isinstance(dataset, h5py.Dataset)
        or dataset.external
        or dataset.is_virtual
        or dataset.compression not in (None, "gzip", "lzf")
        or dataset.dtype.kind not in "fiub"
    ):
        raise ValueError(f"[load] {where} is not a plain array of numbers")
    return dataset
