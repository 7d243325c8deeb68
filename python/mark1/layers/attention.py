"""Attention without projections: dot products or sums of queries and keys."""

from __future__ import annotations

from typing import Any

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers.heads import as_bool
from mark1.layers.layer import Layer, registry
from mark1.losses.alignment import shape_text
from mark1.variable import Variable


@registry.register()
class Attention(Layer):
    """Averages values by how well their keys go with each query (Luong).

    Called on ``[query, value]`` or ``[query, value, key]``: (B, T, D), (B, S, E), (B, S, D). Scores
    are ``scale q . k``, or ``w sum(tanh(scale (q + k)))`` in the mode "concat"; a masked value has
    none, a masked query gives zeros, and so does one that sees no value. With the mode "dot"
    there is no matrix of scores unless ``return_attention_scores`` asks for it.

    Args:
        use_scale: whether scores have a factor that is trained.
        score_mode: "dot" or "concat".
        dropout: share of the attention that training sets to 0.
        seed: of dropout; taken from the global generator if None.

    Weights:
        scale () with use_scale, concat_score_weight () in the mode "concat".

    Raises:
        ValueError: an argument is out of range or not known.

    Source:
        Luong, Pham, Manning: Effective approaches to attention-based neural machine translation,
        2015.

    >>> query, value = ops.ones((1, 2, 3)), ops.ones((1, 4, 3))
    >>> Attention()([query, value]).numpy()[0]
    array([[1., 1., 1.],
           [1., 1., 1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        op = type(self).__name__
        if score_mode not in ("dot", "concat"):
            raise ValueError(f"[{op}] score_mode must be 'dot' or 'concat', got {score_mode!r}")
        if (
            isinstance(dropout, bool)
            or not isinstance(dropout, (int, float))
            or not 0 <= dropout < 1
        ):
            raise ValueError(f"[{op}] dropout must be at least 0 and below 1, got {dropout!r}")
        self.use_scale: bool = bool(use_scale)
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        self.seed_generator: random.SeedGenerator = random.SeedGenerator(seed)
        self.scale: Variable | None = None
        self.concat_score_weight: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Make the factors of scores."""
        if self.use_scale:
            self.scale = self.add_weight((), "ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight")

    def check_input(self, shape: Any) -> None:
        """Refuse anything but two or three sequences that go together."""
        op = f'[{type(self).__name__} "{self.name}"]'
        if not isinstance(shape, list) or not 2 <= len(shape) <= 3:
            raise ValueError(f"{op} is called on a list: [query, value] or [query, value, key]")
        query, value, key = (*shape, shape[-1])[:3]
        fits = all(len(s) == 3 for s in shape) and query[-1] == key[-1] and value[:2] == key[:2]
        if not fits or query[0] != value[0]:
            raise ValueError(
                f"{op} needs (batch, T, D), (batch, S, E) and (batch, S, D) (query: "
                f"{shape_text(query)}, value: {shape_text(value)}, key: {shape_text(key)})"
            )

    def call(
        self,
        inputs: list[Tensor],
        mask: list[Tensor | None] | None = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Return what queries found, and if asked for, the attention."""
        query, value = inputs[:2]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (as_bool(m) for m in (mask or (None, None))[:2])
        options: dict[str, Any] = {
            "scale": 1.0,
            "is_causal": use_causal_mask,
            "key_mask": value_mask,
            "dropout": self.dropout if training else 0.0,
            "seed": self.seed_generator,
        }
        if self.score_mode == "dot":
            if self.scale is not None:
                query = ops.multiply(query, self.scale)
            q, k, v = (ops.reshape(x, (*x.shape[:2], 1, x.shape[2])) for x in (query, key, value))
            if not return_attention_scores:
                y = ops.dot_product_attention(q, k, v, query_mask=query_mask, **options)
                return ops.reshape(y, (*query.shape[:2], value.shape[2]))
            y, p = ops.attention_scores(q, k, v, **options)
            y = ops.reshape(y, (*query.shape[:2], value.shape[2]))
            p = ops.reshape(p, (p.shape[0], *p.shape[2:]))
        else:
            y, p = self._average(self._scores(query, key), value, options)
        if query_mask is not None:
            y = ops.where(ops.reshape(query_mask, (*query.shape[:2], 1)), y, 0.0)
        return (y, p) if return_attention_scores else y

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        """Return scores of the mode "concat", (B, T, S)."""
        sums = _sums(query, key)
        if self.scale is not None:
            sums = ops.multiply(self.scale, sums)
        return ops.multiply(self.concat_score_weight, ops.sum(ops.tanh(sums), axis=-1))

    def _average(
        self, scores: Tensor, value: Tensor, options: dict[str, Any]
    ) -> tuple[Tensor, Tensor]:
        """Return the average of values that scores ask for, and the attention."""
        batch, queries, keys = scores.shape
        seen = options["key_mask"]
        if seen is not None:
            seen = ops.reshape(seen, (batch, 1, keys))
        if options["is_causal"]:
            causal = ops.tri(queries, keys, dtype="bool")
            seen = causal if seen is None else ops.logical_and(seen, causal)
        p = ops.softmax(scores, mask=seen)
        kept = ops.dropout(p, options["dropout"], self.seed_generator)
        return ops.matmul(kept, value), p

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the queries."""
        return previous_mask[0] if isinstance(previous_mask, list) else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return (B, T, E)."""
        return (*input_shape[0][:-1], input_shape[1][-1])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }


@registry.register()
class AdditiveAttention(Attention):
    """Averages values by ``sum(scale tanh(q + k))`` (Bahdanau).

    Called like `Attention`; all sequences have D features, and memory grows with T S D.

    Args:
        use_scale: whether features have factors that are trained.
        dropout: share of the attention that training sets to 0.
        seed: of dropout; taken from the global generator if None.

    Weights:
        scale (D,) with use_scale.

    Raises:
        ValueError: an argument is out of range or not known.

    Source:
        Bahdanau, Cho, Bengio: Neural machine translation by jointly learning to align and
        translate, 2015.

    >>> query, value = ops.ones((1, 2, 3)), ops.ones((1, 4, 3))
    >>> AdditiveAttention()([query, value]).shape
    (1, 2, 3)
    """

    def __init__(
        self,
        use_scale: bool = True,
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(use_scale, "concat", dropout, seed, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make the factors of features."""
        if self.use_scale:
            self.scale: Variable | None = self.add_weight(
                (input_shape[0][-1],), "glorot_uniform", name="scale"
            )

    def _scores(self, query: Tensor, key: Tensor) -> Tensor:
        t = ops.tanh(_sums(query, key))
        return ops.sum(t if self.scale is None else ops.multiply(self.scale, t), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        config = super().get_config()
        del config["score_mode"]
        return config


def _sums(query: Tensor, key: Tensor) -> Tensor:
    """Return all sums of a query and a key, (B, T, S, D)."""
    (batch, queries, depth), keys = query.shape, key.shape[1]
    return ops.add(
        ops.reshape(query, (batch, queries, 1, depth)), ops.reshape(key, (batch, 1, keys, depth))
    )
