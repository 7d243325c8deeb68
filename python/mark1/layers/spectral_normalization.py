"""Weights whose greatest singular value is 1."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry
from mark1.layers.wrapper import Wrapper
from mark1.variable import Variable


@registry.register()
class SpectralNormalization(Wrapper):
    """Divides the kernel of a layer by its greatest singular value, at every step of training.

    With the kernel as a matrix w, whose columns are the outputs, and a row u that is kept: a few
    times ``v = u w' / |u w'|, u = v w / |v w|``; then ``w = w / (v w u')``. Zeros stay as they are.

    Args:
        layer: a layer with a ``kernel``, or an Embedding.
        power_iterations: how often u and v are improved in a step.

    Raises:
        TypeError: it is not a layer.
        ValueError: power_iterations is not positive, or the layer has no such weight.

    Source:
        Miyato et al., Spectral normalization for generative adversarial networks, 2018.

    >>> from mark1.layers import Dense
    >>> layer = SpectralNormalization(Dense(2, use_bias=False), power_iterations=20)
    >>> layer.build((None, 2))
    >>> layer.layer.set_weights([[[4.0, 0.0], [0.0, 2.0]]])
    >>> layer([[1.0, 1.0]], training=True).numpy().round(4)
    array([[1. , 0.5]], dtype=float32)
    """

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        if not isinstance(power_iterations, int) or power_iterations < 1:
            raise ValueError(
                "[SpectralNormalization] power_iterations must be a positive integer, "
                f"got {power_iterations!r}"
            )
        self.power_iterations = power_iterations

    def build(self, input_shape: Any) -> None:
        """Build the layer, and make the row."""
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        # A weight of this layer as well: Keras lists and saves it before the row.
        kernel = self._kernel_of_layer()
        self.kernel: Variable = kernel
        self.vector_u: Variable = self.add_weight(
            (1, kernel.shape[-1]),
            initializers.TruncatedNormal(stddev=0.02),
            trainable=False,
            name="vector_u",
        )

    def _kernel_of_layer(self) -> Any:
        for name in ("kernel", "embeddings"):
            weight = getattr(self.layer, name, None)
            if weight is not None:
                return weight
        raise ValueError(
            f"[SpectralNormalization] {type(self.layer).__name__} has neither kernel nor embeddings"
        )

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Return the layer's outputs, its kernel being divided in training."""
        if training:
            self._normalize()
        out: Tensor = self.layer(x)
        return out

    def _normalize(self) -> None:
        kernel = self._kernel_of_layer()
        matrix = ops.reshape(ops.stop_gradient(kernel.value), (-1, kernel.shape[-1]))
        begin = u = self.vector_u.value
        v = u
        for _ in range(self.power_iterations):
            v = _unit(ops.matmul(u, ops.transpose(matrix)))
            u = _unit(ops.matmul(v, matrix))
        size = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))
        empty = ops.all(ops.equal(matrix, 0.0))
        divided = ops.reshape(matrix / size, kernel.shape)
        self.vector_u.assign(ops.where(empty, begin, u))
        kernel.assign(ops.where(empty, kernel.value, divided))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the layer's outputs."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "power_iterations": self.power_iterations}


def _unit(row: Tensor) -> Tensor:
    # As normalize of Keras, which never divides by less.
    length = ops.sqrt(ops.maximum(ops.sum(ops.square(row)), 1e-12))
    unit: Tensor = row / length
    return unit
