"""Which predictions are right; Keras' definitions."""

from __future__ import annotations

from tests.cases.base import Case, Input


def _case(function, define, *inputs: Input, name: str = "", **attributes) -> Case:
    def call(y_true, y_pred, **attributes):
        import mark1

        # Always float32; the tests expect the dtype of the inputs.
        matches = getattr(mark1.ops, function)(y_true, y_pred, **attributes)
        return mark1.ops.cast(matches, y_pred.dtype)

    return Case("accuracy", function, define, inputs, attributes, name, call, (), ulps=0.0)


def _binary(y_true, y_pred, threshold=0.5):
    return 1.0 * ((y_pred > threshold) == (y_true.reshape(y_pred.shape) == 1))


def _categorical(y_true, y_pred):
    return 1.0 * (y_true.argmax(-1) == y_pred.argmax(-1))


def _sparse(y_true, y_pred):
    return 1.0 * (y_true.reshape(y_pred.shape[:-1]) == y_pred.argmax(-1))


CASES = [
    _case("binary_matches", _binary, Input((67,), "01"), Input((67,), "unit")),
    _case("binary_matches", _binary, Input((33, 1), "01", "int32"), Input((33, 1), "unit")),
    _case("binary_matches", _binary, Input((33,), "01", "uint8"), Input((33, 1), "unit")),
    _case("binary_matches", _binary, Input((9, 5), "01", "bool"), Input((9, 5), "unit"),
          threshold=0.25),
    _case("categorical_matches", _categorical, Input((33, 10), "onehot"), Input((33, 10))),
    _case("categorical_matches", _categorical, Input((7, 2, 3)), Input((7, 2, 3))),
    _case("sparse_categorical_matches", _sparse, Input((33,), "labels:10", "int32"),
          Input((33, 10))),
    _case("sparse_categorical_matches", _sparse, Input((33, 1), "labels:10", "int64"),
          Input((33, 10))),
    _case("sparse_categorical_matches", _sparse, Input((33,), "labels:3", "uint8"),
          Input((33, 3))),
    _case("sparse_categorical_matches", _sparse, Input((7, 40), "labels:50", "int32"),
          Input((7, 40, 50))),
]  # fmt: skip

BENCHMARKS = [
    _case("sparse_categorical_matches", _sparse, Input((n,), "labels:10", "int32"), Input((n, 10)))
    for n in (32, 65_536)
]
