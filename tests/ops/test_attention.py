"""What cases cannot say about attention: errors, queries that see nothing, independence, memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.variants import same_bits


def draw(*shape: int, dtype: str = "float32", seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def operands(t: int = 70, s: int = 67, h: int = 2, g: int = 2, dtype: str = "float64") -> Any:
    shapes = ((2, t, h, 5), (2, s, g, 5), (2, s, g, 3))
    return [_core.convert(draw(*shape, dtype=dtype, seed=i)) for i, shape in enumerate(shapes)]


X = np.ones((2, 3, 4, 5), np.float32)
NO = np.zeros((2, 3), bool)

ERRORS = [
    (
        lambda: ops.dot_product_attention(X[0], X, X),
        ValueError,
        "[attention] query, key and value have 4 axes: batch, time, heads, depth "
        "(query: (3, 4, 5), key: (2, 3, 4, 5), value: (2, 3, 4, 5))",
    ),
    (
        lambda: ops.dot_product_attention(X[:1], X, X),
        ValueError,
        "[attention] query, key and value must be of one batch "
        "(query: (1, 3, 4, 5), key: (2, 3, 4, 5), value: (2, 3, 4, 5))",
    ),
    (
        lambda: ops.dot_product_attention(X, X, X[:, :2]),
        ValueError,
        "[attention] key and value must agree in time and heads "
        "(query: (2, 3, 4, 5), key: (2, 3, 4, 5), value: (2, 2, 4, 5))",
    ),
    (
        lambda: ops.dot_product_attention(X, X[..., :4], X),
        ValueError,
        "[attention] query and key must have the same depth "
        "(query: (2, 3, 4, 5), key: (2, 3, 4, 4), value: (2, 3, 4, 5))",
    ),
    (
        lambda: ops.dot_product_attention(X, X[:, :, :3], X[:, :, :3]),
        ValueError,
        "[attention] the heads of key and value, 3, must divide those of query, 4 "
        "(query: (2, 3, 4, 5), key: (2, 3, 3, 5), value: (2, 3, 3, 5))",
    ),
    (
        lambda: ops.dot_product_attention(X, X, X, mask=np.ones((2, 3, 4, 3), bool)),
        ValueError,
        "[attention] mask must be bool and broadcast to (batch, heads, queries, keys) = "
        "(2, 4, 3, 3), got bool (2, 3, 4, 3)",
    ),
    (
        lambda: ops.dot_product_attention(X, X, X, mask=np.ones((3, 3))),
        TypeError,
        "[attention] mask must be bool, got float64 (3, 3)",
    ),
    (
        lambda: ops.dot_product_attention(X, X, X, key_mask=NO[:, :2]),
        ValueError,
        "[attention] key_mask must be bool (2, 3), got bool (2, 2)",
    ),
    (
        lambda: ops.dot_product_attention(X, X, X, query_mask=NO[:1]),
        ValueError,
        "[attention] query_mask must be bool (2, 3), got bool (1, 3)",
    ),
    (
        lambda: ops.dot_product_attention(X, X, X, dropout=1.0, seed=1),
        ValueError,
        "[attention] the rate of dropout must be at least 0 and below 1, got 1",
    ),
    (
        lambda: ops.softmax(X, mask=np.ones((4, 4), bool)),
        ValueError,
        "[softmax] the mask must broadcast to x (x: (2, 3, 4, 5), mask: (4, 4))",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), ERRORS, ids=[e[2][:60] for e in ERRORS])
def test_errors_say_what_came(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == text


SETTINGS: list[dict[str, Any]] = [
    {},
    {"is_causal": True},
    {"mask": draw(2, 2, 70, 67, seed=5) > 0, "scale": 0.3},
    {"key_mask": draw(2, 67, seed=6) > 0, "query_mask": draw(2, 70, seed=7) > 0},
    {"dropout": 0.4, "seed": 3, "is_causal": True},
]


@pytest.mark.parametrize("options", SETTINGS, ids=lambda o: "-".join(o) or "plain")
@pytest.mark.parametrize("groups", [1, 2])
def test_it_is_what_its_parts_compute(options, groups):
    """The fused kernels against matrix products, softmax and dropout, gradients included."""
    q, k, v = operands(g=groups)
    results = []
    for function in (ops.dot_product_attention, lambda *a, **o: ops.attention_scores(*a, **o)[0]):
        with mark1.GradientTape() as tape:
            tape.watch([q, k, v])
            y = function(q, k, v, **options)
        upstream = draw(*y.shape, dtype="float64", seed=9)
        results.append([y, *tape.gradient(y, [q, k, v], output_gradients=_core.convert(upstream))])
    for fused, composed in zip(*results, strict=True):
        np.testing.assert_allclose(fused, composed, rtol=1e-11, atol=1e-13)


def test_probabilities_sum_to_one_where_something_is_seen():
    q, k, v = operands()
    key_mask = np.array([[True] * 67, [False] * 67])
    _, p = ops.attention_scores(q, k, v, key_mask=key_mask)
    np.testing.assert_allclose(p.numpy().sum(-1)[0], 1, rtol=1e-12)
    assert not p.numpy()[1].any()


def test_a_bias_is_added_to_scores():
    q, k, v = operands(t=5, s=7)
    seen = (draw(5, 7, seed=8) > 0) | np.eye(5, 7, dtype=bool)
    bias = np.where(seen, 0.0, -np.inf)[None, None]
    with_bias = ops.dot_product_attention(q, k, v, np.maximum(bias, -1e300))
    np.testing.assert_allclose(with_bias, ops.dot_product_attention(q, k, v, mask=seen), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_query_that_sees_nothing_gives_zeros_and_no_gradient(dtype):
    q, k, v = operands(dtype=dtype)
    query_mask = np.ones((2, 70), bool)
    query_mask[0, 3] = query_mask[1, 64:] = False
    with mark1.GradientTape() as tape:
        tape.watch([q, k, v])
        y = ops.dot_product_attention(q, k, v, query_mask=query_mask)
    dq, dk, dv = tape.gradient(y, [q, k, v])
    for x in (y, dq):
        assert not x.numpy()[~query_mask].any()
        assert (np.abs(x.numpy()[query_mask]).max(axis=(1, 2)) > 0).all()
    for x in (y, dq, dk, dv):
        assert np.isfinite(np.array(x)).all()


def test_large_scores_do_not_overflow():
    q = np.full((1, 2, 1, 1), 1e18, np.float32)
    v = np.array([1, 3], np.float32).reshape(1, 2, 1, 1)
    y = ops.dot_product_attention(q, np.array([1e18, -1e18], "f4").reshape(v.shape), v)
    assert y.numpy().ravel().tolist() == [1, 1]


def test_a_row_of_a_batch_has_the_bits_it_has_alone():
    q, k, v = (np.array(x) for x in operands(dtype="float32"))
    options = {"is_causal": True, "key_mask": draw(2, 67, seed=4) > -1}
    both = ops.dot_product_attention(q, k, v, **options).numpy()
    for i in range(2):
        row = slice(i, i + 1)
        options["key_mask"] = (draw(2, 67, seed=4) > -1)[row]
        alone = ops.dot_product_attention(q[row], k[row], v[row], **options).numpy()
        assert same_bits(alone, both[row])


def test_later_queries_and_keys_do_not_touch_causal_rows():
    """What is generated token by token is what a whole sequence gives."""
    q, k, v = (np.array(x) for x in operands(s=70, dtype="float32"))
    whole = ops.dot_product_attention(q, k, v, is_causal=True).numpy()
    for n in (1, 17, 64, 65):
        part = ops.dot_product_attention(q[:, :n], k[:, :n], v[:, :n], is_causal=True)
        assert same_bits(part.numpy(), whole[:, :n])


def test_padding_changes_nothing():
    q, k, v = (np.array(x) for x in operands(t=40, s=40, dtype="float32"))
    short = ops.dot_product_attention(q, k, v).numpy()
    padded = [np.concatenate([x, np.full_like(x, 7.0)], axis=1) for x in (k, v)]
    key_mask = np.arange(80) < 40
    long = ops.dot_product_attention(q, *padded, key_mask=np.tile(key_mask, (2, 1))).numpy()
    assert same_bits(short, long)


def test_memory_grows_with_the_length_alone():
    """A score matrix of 4096 by 4096 floats has 64 MB."""
    x = _core.convert(draw(1, 4096, 1, 8))
    _core.release_cached_memory()
    before = sum_of_blocks()
    with mark1.GradientTape() as tape:
        tape.watch(x)
        y = ops.dot_product_attention(x, x, x)
    assert tape.gradient(y, x) is not None
    # Blocks that were freed are kept, so nothing that was ever needed is missing here.
    assert sum_of_blocks() - before < 4 << 20


def sum_of_blocks() -> int:
    stats = _core.allocator_stats()
    return int(stats["bytes_in_use"] + stats["bytes_cached"])


def test_a_recorded_call_draws_anew_and_has_the_bits_of_an_eager_one():
    x = _core.convert(draw(2, 70, 2, 5))
    drawn = {}
    for recorded in (False, True):
        generator = mark1.random.SeedGenerator(4)

        def step(x, generator=generator):
            with mark1.GradientTape() as tape:
                tape.watch(x)
                y = ops.dot_product_attention(
                    x,
                    x,
                    x,
                    is_causal=True,
                    dropout=0.3,
                    seed=generator,
                    key_mask=x[:, :, 0, 0] > -1,
                )
            return y, tape.gradient(y, x)

        run = mark1.function(step) if recorded else step
        drawn[recorded] = [[np.array(y) for y in run(x)] for _ in range(5)]
    for eager, replayed in zip(drawn[False], drawn[True], strict=True):
        assert all(same_bits(a, b) for a, b in zip(eager, replayed, strict=True))
    assert not same_bits(drawn[True][3][0], drawn[True][4][0])
