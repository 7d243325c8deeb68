"""The same model in two libraries: made from one text, with the same weights."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import numpy as np

import mark1
from tests.peers.tables.table import Case

BATCH = 3


def namespace(library: ModuleType, **more: Any) -> dict[str, Any]:
    """The names that texts use, of one of the libraries."""
    layers = library.layers
    names = {name: getattr(layers, name) for name in dir(layers) if not name.startswith("_")}
    for name in ("Sequential", "Model", "ops", "regularizers", "constraints", "initializers"):
        names[name] = getattr(library, name)
    return {**names, "np": np, **more}


def leaves(nest: Any) -> list[Any]:
    """The tensors of a nest, in order."""
    if isinstance(nest, dict):
        nest = [nest[key] for key in sorted(nest)]
    if isinstance(nest, (list, tuple)):
        return [leaf for part in nest for leaf in leaves(part)]
    return [nest]


def plain(config: Any) -> Any:
    """A config as a file has it: lists for tuples, numbers of Python."""
    return json.loads(json.dumps(config, default=lambda o: o.tolist()))


def meaning(config: Any) -> Any:
    """What a config says: nothing of what is None or about building, numbers in float32."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return config["config"]["name"]
        parts = {key: meaning(part) for key, part in config.items()}
        return {
            key: part
            for key, part in parts.items()
            if part is not None and key not in ("build_config", "compile_config")
        }
    if isinstance(config, (list, tuple)):  # an axis stands for a list of it
        parts = [meaning(part) for part in config]
        return parts[0] if len(parts) == 1 else parts
    return float(np.float32(config)) if isinstance(config, float) else config


class Twins:
    """A model of Keras and one of mark1.

    Args:
        keras: the module.
        case: the text that makes them.
        dtype: of inputs that are real numbers.
    """

    def __init__(self, keras: ModuleType, case: Case, dtype: str) -> None:
        self.keras, self.case, self.dtype = keras, case, dtype
        self.rng = np.random.default_rng(0)
        self.theirs, self.ours = (self._make(library) for library in (keras, mark1))
        # Moved away from zeros and ones, which hide mistakes.
        weights = [self._moved(w) for w in self.theirs.get_weights()]
        self.theirs.set_weights(weights)
        self.ours.set_weights(weights)

    def _make(self, library: ModuleType) -> Any:
        # Names are counted anew. What Keras' own clear_session takes its time over is garbage.
        library.utils.clear_session(**({} if library is mark1 else {"free_memory": False}))
        given = [
            library.Input(data.shape, dtype=data.dtype or self.dtype, name=name)
            for name, data in zip("xyzuv", self.case.inputs, strict=False)
        ]
        names = namespace(library, **dict(zip("xyzuv", given, strict=False)))
        made = eval(self.case.text, names)
        if isinstance(made, library.layers.Layer):
            made = made(*given)
        return library.Model(given, made)

    def _moved(self, weight: np.ndarray) -> np.ndarray:
        moved: np.ndarray = weight
        if weight.dtype.kind == "f":
            moved = weight + self.rng.uniform(-0.3, 0.3, weight.shape).astype(weight.dtype)
        return moved

    def data(self, samples: int = BATCH) -> list[np.ndarray]:
        """Random inputs."""
        return [data.draw(self.rng, samples, self.dtype) for data in self.case.inputs]

    def like(self, shapes: list[Any], samples: int) -> list[np.ndarray]:
        """Random numbers for shapes with an unknown batch axis."""
        return [self.rng.normal(size=(samples, *s[1:])).astype(self.dtype) for s in shapes]

    def outputs(self, training: bool, data: list[Any]) -> tuple[list[Any], list[Any]]:
        """What either returns."""
        theirs = self._on_keras(lambda *x: leaves(self.theirs(list(x), training=training)), data)
        ours = leaves(self.ours([mark1.ops.convert_to_tensor(x) for x in data], training=training))
        return [np.asarray(y) for y in theirs], [np.asarray(y) for y in ours]

    def gradients(
        self, training: bool, data: list[Any], upstream: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Derivatives by the inputs that are real numbers, then by the weights."""
        import tensorflow as tf

        def theirs(*values: Any) -> Any:
            with tf.GradientTape() as tape:
                real = [x for x in values if x.dtype.is_floating]
                tape.watch(real)
                y = [y for y in leaves(self.theirs(list(values), training=training)) if _real(y)]
            sources = [*real, *(w.value for w in self.theirs.trainable_weights)]
            found = tape.gradient(y, sources, upstream, unconnected_gradients="zero")
            return [tf.convert_to_tensor(g) for g in found]

        values = [mark1.ops.convert_to_tensor(x) for x in data]
        real = [x for x in values if "float" in x.dtype]
        with mark1.GradientTape() as tape:
            tape.watch(real)
            y = [y for y in leaves(self.ours(values, training=training)) if _real(y)]
        sources = [*real, *self.ours.trainable_weights]
        ours = tape.gradient(y, sources, upstream, unconnected_gradients="zero")
        return [np.asarray(g) for g in self._on_keras(theirs, data)], [np.asarray(g) for g in ours]

    def _on_keras(self, function: Any, data: list[Any]) -> Any:
        """Call with tensors; through the compiler where TensorFlow has no kernel of its own."""
        import tensorflow as tf

        tensors = [tf.convert_to_tensor(x) for x in data]
        if self.case.compiled:
            return tf.function(function, jit_compile=True)(*tensors)
        return function(*tensors)


def _real(y: Any) -> bool:
    return "float" in str(y.dtype)
