"""Rows of a table by their numbers."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry
from mark1.variable import Variable


@registry.register()
class Embedding(Layer):
    """``y[i] = table[x[i]]``: a row of weights for each whole number.

    Args:
        input_dim: how many numbers there are: 0 to input_dim - 1.
        output_dim: length D of a row.
        embeddings_initializer: how the table begins.
        mask_zero: whether 0 stands for nothing: where it is, the outputs' mask is False.
        weights: the table, or a list that holds it, instead of an initializer's.

    Weights:
        embeddings (input_dim, D), for inputs of any shape (...); outputs (..., D).

    Raises:
        ValueError: a dimension is not a positive integer; when called, a number that is not whole
            (it counts as -1) or out of range.

    >>> layer = Embedding(3, 2, weights=[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    >>> layer([[2, 0]]).numpy()
    array([[[4., 5.],
            [0., 1.]]], dtype=float32)
    """

    _keeps_integers = True

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        quantization_config: None = None,
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        for name, n in (("input_dim", input_dim), ("output_dim", output_dim)):
            if isinstance(n, bool) or not isinstance(n, int) or n < 1:
                raise ValueError(f"[Embedding] {name} must be a positive integer, got {n!r}")
        if quantization_config is not None:
            raise ValueError("[Embedding] quantization is not supported")
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer: Any = initializers.get(embeddings_initializer)
        self._set_rules(
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
        )
        self.mask_zero: bool = bool(mask_zero)
        self.supports_masking: bool = self.mask_zero
        self._makes_masks = self.mask_zero
        self.embeddings: Variable | None = None
        if weights is not None:
            self.build(None)
            single = ops.convert_to_tensor(weights, self.dtype)
            self.set_weights([ops.reshape(single, (input_dim, output_dim))])

    def build(self, input_shape: Any) -> None:
        """Make the table."""
        if self.embeddings is None:
            self.embeddings = self.add_weight(
                (self.input_dim, self.output_dim),
                self.embeddings_initializer,
                name="embeddings",
            )

    def call(self, x: Tensor) -> Tensor:
        """Return the rows."""
        if x.dtype not in ("int32", "int64"):
            # Numbers that came as floating-point ones, as those of an Input do by default.
            whole = ops.cast(x, "int32")
            same = ops.equal(ops.cast(whole, x.dtype), x)
            x = ops.where(same, whole, -1) if x.dtype.startswith("float") else whole
        rows = ops.take(self.embeddings, x, axis=0)
        return rows if self._compute_dtype == self.dtype else ops.cast(rows, self._compute_dtype)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return where the inputs are not 0, if 0 stands for nothing."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (..., D)."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            **self._config_of_rules(),
            "mask_zero": self.mask_zero,
        }
