"""Attention by several heads."""

from __future__ import annotations

from typing import Any

from mark1.layers.heads import HeadsAttention
from mark1.layers.layer import Shape, registry


@registry.register()
class MultiHeadAttention(HeadsAttention):
    """Each position of a sequence takes from another, or from its own, what it looks for.

    Query, key and value are projected to heads, each head averages values by `mark1.ops.
    dot_product_attention`, and what all heads found is projected back. ``call(query, value)`` uses
    the values as keys, too. Masks that travel with the inputs hide positions; a position that may
    look at none finds zeros, and the output is the last bias. There is no matrix of attention
    unless ``return_attention_scores`` asks for it, or ``sliding_window`` for its mask.

    Args:
        num_heads: number of heads H.
        key_dim: size of a head's queries and keys.
        value_dim: size of a head's values; key_dim if None.
        dropout: share of the attention that training sets to 0.
        use_bias: whether projections have a bias.
        output_shape: features of the outputs, an integer or several; those of the query if None.
        attention_axes: axes to attend over; if None all between batch and features.
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
        Of query and key: kernel (C, H, key_dim), bias (H, key_dim); of value: likewise with
        value_dim; of the output: kernel (H, value_dim, O), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    Source:
        Vaswani et al.: Attention is all you need, 2017.

    >>> layer = MultiHeadAttention(num_heads=2, key_dim=3)
    >>> from mark1 import ops
    >>> sequence = ops.ones((1, 3, 2))
    >>> layer(sequence, sequence, use_causal_mask=True).shape
    (1, 3, 2)
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
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
        self._check_count("num_heads", num_heads)
        self._check_count("key_dim", key_dim)
        if value_dim is not None:
            self._check_count("value_dim", value_dim)
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim: int = value_dim or key_dim
        if isinstance(output_shape, int):
            output_shape = (output_shape,)
        for size in output_shape or ():
            self._check_count("output_shape", size)
        self._output_shape = tuple(output_shape) if output_shape else None
        if isinstance(attention_axes, int):
            attention_axes = (attention_axes,)
        self.attention_axes: tuple[Any, ...] | None = (
            tuple(attention_axes) if attention_axes else None
        )

    def build(self, query_shape: Shape, value_shape: Shape, key_shape: Shape | None = None) -> None:
        """Make the projections."""
        rank = len(query_shape)
        axes = self.attention_axes or tuple(range(1, rank - 1))
        if any(not 1 <= axis < rank - 1 for axis in axes):
            raise ValueError(
                f"{self._op} attention_axes lie between batch and features, 1 to {rank - 2}, "
                f"got {axes}"
            )
        self._axes = tuple(sorted(axes))
        outputs = self._output_shape or (query_shape[-1],)
        self._add_parts(
            query_shape,
            value_shape,
            key_shape,
            (self.num_heads, self.num_heads),
            (self.key_dim, self.value_dim),
            outputs,
        )

    def compute_output_shape(
        self, query_shape: Shape, value_shape: Shape = (), key_shape: Shape | None = None
    ) -> Shape:
        """Return the query's shape, with the features of the outputs."""
        return (*query_shape[:-1], *(self._output_shape or query_shape[-1:]))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_shape": self._output_shape,
            "attention_axes": self.attention_axes,
        }
