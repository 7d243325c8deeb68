"""What layers with heads of attention have in common."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mark1 import initializers, ops, random, regularizers
from mark1._core import Tensor
from mark1.layers.layer import Layer, Shape
from mark1.layers.projection import Projection
from mark1.losses.alignment import shape_text


def check_dropout(op: str, rate: Any) -> None:
    """Refuse what is no share from 0 up to but not 1."""
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate < 1:
        raise ValueError(f"[{op}] dropout must be at least 0 and below 1, got {rate!r}")


class HeadsAttention(Layer):
    """Projects queries, keys and values to heads, attends, and projects what comes out.

    Args:
        dropout: share of the attention that training sets to 0.
        use_bias: whether projections have a bias.
        use_gate: whether what was attended to is multiplied by a sigmoid of the query.
        sliding_window: how far positions may be apart, plus 1; None: any distance.
        kernel_initializer: how kernels begin.
        bias_initializer: how biases begin.
        seed: of dropout.
        rules: regularizers and constraints of the weights, by name.
        activity_regularizer: what the outputs of each projection add to the loss.
    """

    supports_masking = True
    _prefix = ""  # of the attributes that hold the parts, which are their names in Keras' files

    def __init__(
        self,
        dropout: float,
        use_bias: bool,
        use_gate: bool,
        sliding_window: int | None,
        kernel_initializer: Any,
        bias_initializer: Any,
        seed: int | None,
        rules: dict[str, Any],
        activity_regularizer: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._set_rules(**rules)
        self._of_parts = regularizers.get(activity_regularizer)
        self._adds_losses = self._of_parts is not None
        if (
            isinstance(dropout, bool)
            or not isinstance(dropout, (int, float))
            or not 0 <= dropout < 1
        ):
            raise ValueError(f"{self._op} dropout must be at least 0 and below 1, got {dropout!r}")
        if sliding_window is not None:
            self._check_count("sliding_window", sliding_window)
        self.dropout = dropout
        self.use_bias: bool = bool(use_bias)
        self.use_gate: bool = bool(use_gate)
        self.sliding_window = sliding_window
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.seed = seed
        self.seed_generator: random.SeedGenerator = random.SeedGenerator(seed)
        self._parts: dict[str, Projection] = {}
        self._axes: tuple[int, ...] = (1,)

    @property
    def _op(self) -> str:
        return f"[{type(self).__name__}]"

    def _check_count(self, what: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{self._op} {what} must be a positive integer, got {value!r}")

    def _add_part(
        self, what: str, shape: Shape, outputs: tuple[int, ...], inputs: int = 1, **more: Any
    ) -> None:
        """Make and build a projection, kept under the name that Keras' files give it."""
        part = Projection(
            inputs,
            outputs,
            self.use_bias,
            kernel_initializer=self.kernel_initializer,
            bias_initializer=self.bias_initializer,
            rules={name: getattr(self, name) for name in self._rules},
            activity_regularizer=self._of_parts,
            dtype=self.dtype_policy,
            name="attention_output" if what == "output" else what,
            trainable=self.trainable,
            **more,
        )
        part.build(shape)
        self._parts[what] = part
        attribute = f"{'_' if what == 'gate' else self._prefix}{what}_dense"
        object.__setattr__(self, attribute, part)
        self._sublayers[attribute] = [part]

    def _add_parts(
        self,
        query_shape: Shape,
        value_shape: Shape,
        key_shape: Shape | None,
        heads: tuple[int, int],
        depths: tuple[int, int],
        output_shape: tuple[int, ...],
    ) -> None:
        """Make all projections: heads of queries and of keys, depths of keys and of values."""
        if len(query_shape) < 3 or len(value_shape) != len(query_shape):
            raise ValueError(
                f"{self._op} query and value have the axes batch, time, features "
                f"(query: {shape_text(query_shape)}, value: {shape_text(value_shape)})"
            )
        key_shape = value_shape if key_shape is None else key_shape
        if tuple(key_shape[1:-1]) != tuple(value_shape[1:-1]):
            raise ValueError(
                f"{self._op} key and value must agree in all axes but the last "
                f"(key: {shape_text(key_shape)}, value: {shape_text(value_shape)})"
            )
        self._add_part("query", query_shape, (heads[0], depths[0]))
        self._add_part("key", key_shape, (heads[1], depths[0]))
        if self.use_gate:
            self._add_part("gate", query_shape, (heads[0], depths[1]), activation="sigmoid")
        self._add_part("value", value_shape, (heads[1], depths[1]))
        attended = (*query_shape[:-1], heads[0], depths[1])
        self._add_part("output", attended, output_shape, 2)

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return what queries found, and if asked for, the attention of each head."""
        key = value if key is None else key
        q, k, v = self._parts["query"](query), self._parts["key"](key), self._parts["value"](value)
        shape = q.shape
        q, k, v = self._flat(q), self._flat(k), self._flat(v)
        options: dict[str, Any] = {
            "mask": self._mask(attention_mask, q.shape[1], k.shape[1]),
            "is_causal": use_causal_mask,
            "query_mask": as_bool(query_mask),
            "key_mask": _both(as_bool(value_mask), as_bool(key_mask)),
            "dropout": self.dropout if training else 0.0,
            "seed": self.seed_generator,
        }
        self._check_options(options, len(shape) - 1)
        scores = None
        if return_attention_scores:
            y, scores = ops.attention_scores(q, k, v, **options)
            scores = self._unflat_scores(scores, shape, key.shape)
        else:
            y = ops.dot_product_attention(q, k, v, **options)
        y = self._unflat(y, shape)
        if self.use_gate:
            y = ops.multiply(y, self._parts["gate"](query))
        out = self._parts["output"](y)
        return out if scores is None else (out, scores)

    def _others(self, rank: int) -> list[int]:
        """Axes between batch and features over which nothing is attended to."""
        return [axis for axis in range(1, rank - 1) if axis not in self._axes]

    def _check_options(self, options: dict[str, Any], rank: int) -> None:
        masks = [name for name in ("mask", "query_mask", "key_mask") if options[name] is not None]
        if masks and self._others(rank):
            raise ValueError(f"{self._op} masks need attention over all axes, got {self._axes}")
        if options["is_causal"] and len(self._axes) > 1:
            raise ValueError(
                f"{self._op} a causal mask needs attention over one axis, got {self._axes}"
            )

    def _flat(self, x: Tensor) -> Tensor:
        """Return (B, ..., heads, depth) with attention axes in one, others in that of the batch."""
        if x.ndim == 4:
            return x
        others = self._others(x.ndim - 1)
        order = (0, *others, *self._axes, x.ndim - 2, x.ndim - 1)
        if order != tuple(range(x.ndim)):
            x = ops.transpose(x, order)
        split = 1 + len(others)
        return ops.reshape(x, (math.prod(x.shape[:split]), -1, *x.shape[-2:]))

    def _unflat(self, y: Tensor, shape: tuple[int, ...]) -> Tensor:
        if len(shape) == 4:
            return y
        rank = len(shape)
        order = (0, *self._others(rank - 1), *self._axes, rank - 2, rank - 1)
        y = ops.reshape(y, (*(shape[axis] for axis in order[:-2]), *y.shape[-2:]))
        return ops.transpose(y, [order.index(axis) for axis in range(rank)])

    def _unflat_scores(
        self, scores: Tensor, shape: tuple[int, ...], key_shape: tuple[int, ...]
    ) -> Tensor:
        others = [shape[axis] for axis in self._others(len(shape) - 1)]
        times = [s[axis] for s in (shape, key_shape) for axis in self._axes]
        return ops.reshape(scores, (shape[0], *others, scores.shape[1], *times))

    def _mask(self, mask: Tensor | None, queries: int, keys: int) -> Tensor | None:
        """Return the attention mask, (B, T, S) and the like, with an axis for heads."""
        mask = as_bool(mask)
        if mask is not None:
            count = len(self._axes)
            if count > 1:
                mask = ops.reshape(mask, (*mask.shape[: -2 * count], queries, keys))
            if not 2 <= mask.ndim <= 4:
                raise ValueError(
                    f"{self._op} attention_mask must be (batch, queries, keys), with or without "
                    f"heads, got {mask.shape}"
                )
            lead = (*mask.shape[:-2], 1) if mask.ndim == 3 else mask.shape[:-2]
            mask = ops.reshape(mask, (*lead, *mask.shape[-2:]))
        if self.sliding_window is not None:
            apart = np.abs(np.arange(queries)[:, None] - np.arange(keys))
            mask = _both(mask, ops.convert_to_tensor(apart < self.sliding_window))
        return mask

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "use_gate": self.use_gate,
            "sliding_window": self.sliding_window,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            **self._config_of_rules(),
            "activity_regularizer": regularizers.serialize(self._of_parts),
            "seed": self.seed,
        }


def as_bool(mask: Tensor | None) -> Tensor | None:
    """Return a mask as bool; None stays None."""
    return mask if mask is None or mask.dtype == "bool" else ops.cast(mask, "bool")


def _both(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    if a is None or b is None:
        return b if a is None else a
    return ops.logical_and(a, b)
