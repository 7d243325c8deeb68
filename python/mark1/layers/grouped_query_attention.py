"""Attention by several heads, some of which share their keys and values."""

from __future__ import annotations

from typing import Any

from mark1.layers.heads import HeadsAttention
from mark1.layers.layer import Shape, registry


@registry.register("GroupQueryAttention")
class GroupedQueryAttention(HeadsAttention):
    """`MultiHeadAttention` with fewer heads of keys and values than of queries.

    Each head of keys and values serves as many heads of queries in a row, and is never repeated.

    Args:
        head_dim: size of a head.
        num_query_heads: number of heads H of queries.
        num_key_value_heads: number of heads G of keys and values; divides H.
        dropout: share of the attention that training sets to 0.
        use_bias: whether projections have a bias.
        sliding_window: how far positions may be apart, plus 1.
        flash_attention: taken for Keras' sake; there is one way of computing this.
        kernel_initializer: how kernels begin.
        bias_initializer: how biases begin.
        kernel_regularizer: what kernels add to the loss; and so on, see `mark1.regularizers`.
        activity_regularizer: what the outputs of every projection add to the loss.
        kernel_constraint: what kernels are brought back to; and so on, see `mark1.constraints`.
        use_gate: whether what heads found is multiplied by a sigmoid of a projected query.
        seed: of dropout; taken from the global generator if None.

    Weights:
        Of the query: kernel (C, H, head_dim), bias (H, head_dim); of key and value: likewise with
        G; of the output: kernel (H, head_dim, C), bias (C,).

    Raises:
        ValueError: an argument is out of range or not known.

    Source:
        Ainslie et al.: GQA, training generalized multi-query transformer models, 2023.

    >>> layer = GroupedQueryAttention(3, num_query_heads=4, num_key_value_heads=2)
    >>> from mark1 import ops
    >>> sequence = ops.ones((1, 3, 2))
    >>> layer(sequence, sequence).shape
    (1, 3, 2)
    """

    _prefix = "_"
    _keras_name = "GroupQueryAttention"

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            dropout,
            use_bias,
            use_gate,
            sliding_window,
            kernel_initializer,
            bias_initializer,
            seed,
            {
                "kernel_regularizer": kernel_regularizer,
                "bias_regularizer": bias_regularizer,
                "kernel_constraint": kernel_constraint,
                "bias_constraint": bias_constraint,
            },
            activity_regularizer,
            **kwargs,
        )
        # Keras counts the outputs of the layer, which are those of a projection, once more.
        self.activity_regularizer: Any = self._of_parts
        self._check_count("head_dim", head_dim)
        self._check_count("num_query_heads", num_query_heads)
        self._check_count("num_key_value_heads", num_key_value_heads)
        if num_query_heads % num_key_value_heads != 0:
            raise ValueError(
                f"{self._op} num_key_value_heads must divide num_query_heads, "
                f"got {num_key_value_heads} and {num_query_heads}"
            )
        self.head_dim = head_dim
        self.num_query_heads = num_query_heads
        self.num_key_value_heads = num_key_value_heads

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Make the projections."""
        if len(query_shape) != 3:
            raise ValueError(
                f"{self._op} query and value have the axes batch, time, features, "
                f"got {len(query_shape)} axes"
            )
        self._add_parts(
            query_shape,
            value_shape,
            key_shape,
            (self.num_query_heads, self.num_key_value_heads),
            (self.head_dim, self.head_dim),
            (query_shape[-1],),  # type: ignore[arg-type]
        )

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape = (), key_shape: Shape | None = None
    ) -> Shape:
        """Return the query's shape."""
        return tuple(query_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
        }


#: The name under which Keras exports it.
GroupQueryAttention = GroupedQueryAttention
