"""Rows of a table by their numbers, and numbers by what is like their rows."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.embedding import Embedding
from mark1.layers.inference import Spec
from mark1.layers.layer import registry
from mark1.variable import Variable


@registry.register()
class ReversibleEmbedding(Embedding):
    """An `Embedding` that also goes back: with ``reverse=True``, from vectors to logits of numbers.

    Args:
        input_dim: how many numbers there are: 0 to input_dim - 1.
        output_dim: length D of a row.
        tie_weights: whether the way back takes the same table, or one of its own.
        embeddings_initializer: how the tables begin.
        mask_zero: whether 0 stands for nothing: where it is, the outputs' mask is False.
        reverse_dtype: in which the way back is computed; that of the layer if None.
        logit_soft_cap: logits become ``cap tanh(logits / cap)``; None: they stay.

    Weights:
        embeddings (input_dim, D), and reverse_embeddings (D, input_dim) if they are not tied.

    Raises:
        ValueError: an argument is out of range.

    >>> layer = ReversibleEmbedding(3, 2, weights=[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    >>> layer(layer([1]), reverse=True).numpy()
    array([[ 3., 13., 23.]], dtype=float32)
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ) -> None:
        self._tied = bool(tie_weights)
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer,
            embeddings_regularizer,
            embeddings_constraint,
            mask_zero,
            **kwargs,
        )
        if logit_soft_cap is not None and not logit_soft_cap > 0:
            raise ValueError(
                f"[ReversibleEmbedding] logit_soft_cap must be positive, got {logit_soft_cap!r}"
            )
        self.tie_weights: bool = self._tied
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape: Any) -> None:
        """Make the tables."""
        super().build(input_shape)
        if not self._tied:
            self.reverse_embeddings: Variable = self.add_weight(
                (self.output_dim, self.input_dim),
                self.embeddings_initializer,
                name="reverse_embeddings",
            )

    def call(self, x: Tensor, reverse: bool = False) -> Tensor:
        """Return rows, or logits of numbers."""
        if not reverse:
            return super().call(x)
        kernel = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        dtype = self.reverse_dtype or self.compute_dtype
        logits = ops.matmul(ops.cast(x, dtype), ops.cast(kernel, dtype))
        if self.logit_soft_cap is not None:
            logits = ops.tanh(logits / self.logit_soft_cap) * self.logit_soft_cap
        return logits

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return where numbers are not 0, if 0 stands for nothing; vectors keep their mask."""
        if inputs.dtype.startswith(("float", "bfloat")):
            return previous_mask
        return super().compute_mask(inputs, previous_mask)

    def compute_output_shape(self, input_shape: Any, reverse: bool = False) -> Any:
        """Return (..., D), or (..., input_dim) for the way back."""
        if reverse:
            return (*input_shape[:-1], self.input_dim)
        return super().compute_output_shape(input_shape)

    def _specs_with_options(self, x: Any, reverse: bool = False) -> Spec:
        dtype = self.reverse_dtype if reverse and self.reverse_dtype else self.compute_dtype
        return Spec(self.compute_output_shape(x.shape, reverse), dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "tie_weights": self.tie_weights,
            "reverse_dtype": self.reverse_dtype,
            "logit_soft_cap": self.logit_soft_cap,
        }
