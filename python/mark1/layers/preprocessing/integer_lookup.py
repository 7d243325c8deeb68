"""Numbers for whole numbers of any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.inference import Spec
from mark1.layers.layer import registry
from mark1.layers.preprocessing.batches import batches_of
from mark1.layers.preprocessing.categories import Encoder
from mark1.layers.preprocessing.vocabulary import Vocabulary, is_given, own_arguments


@registry.register()
class IntegerLookup(Encoder):
    """Numbers from 0 on for whole numbers such as identifiers.

    Number 0 is that of `mask_token`, if there is one; then come those of unknown ones, then the
    others, the most frequent first. It may be part of models.

    Args:
        max_tokens: how many numbers there are at most.
        num_oov_indices: how many of them are for what is unknown; which one is decided by the rest
            of the division by this number. At least 1.
        mask_token: what becomes number 0.
        oov_token: what `get_vocabulary` calls the unknown.
        vocabulary: the whole numbers, instead of those that `adapt` finds.
        output_mode: ``"int"``; or rows, ``"one_hot"``, ``"multi_hot"`` or ``"count"``.
        pad_to_max_tokens: whether rows are always `max_tokens` long.

    Raises:
        ValueError: an argument is out of range; there is no vocabulary.

    >>> IntegerLookup(vocabulary=[30, 10])([[10, 30, 99]]).numpy()
    array([[2, 1, 0]], dtype=int64)
    """

    _keeps_integers = True

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Sequence[int] | None = None,
        vocabulary_dtype: str = "int64",
        idf_weights: None = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        **kwargs: Any,
    ) -> None:
        self._given = is_given(vocabulary, kwargs)
        kwargs = own_arguments("IntegerLookup", kwargs)
        super().__init__(output_mode, sparse, **kwargs)
        if num_oov_indices == 0 or invert or idf_weights is not None:
            raise ValueError(
                "[IntegerLookup] needs num_oov_indices of at least 1, and neither invert nor "
                "idf_weights are supported"
            )
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError("[IntegerLookup] pad_to_max_tokens needs max_tokens")
        if vocabulary_dtype not in ("int32", "int64"):
            raise ValueError(
                f"[IntegerLookup] vocabulary_dtype must be 'int32' or 'int64', "
                f"got {vocabulary_dtype!r}"
            )
        self.pad_to_max_tokens: bool = bool(pad_to_max_tokens)
        self.vocabulary_dtype = vocabulary_dtype
        self._terms = Vocabulary(
            "IntegerLookup",
            max_tokens,
            mask_token,
            oov_token,
            num_oov_indices,
            output_mode == "int",
        )
        self._keys = self._values = np.zeros(0, np.int64)
        if vocabulary is not None:
            self.set_vocabulary(vocabulary)

    def set_vocabulary(self, vocabulary: Sequence[int]) -> None:
        """Take whole numbers as they are, in the order of their numbers.

        Raises:
            ValueError: one is there twice, or there are too many.
        """
        self._terms.put([int(n) for n in vocabulary])
        self._settle()

    def _settle(self) -> None:
        # Looked up by bisection: a constant of recorded steps.
        pairs = dict(self._terms.numbers)
        if self._terms.mask_token is not None:
            pairs[self._terms.mask_token] = 0 if self.output_mode == "int" else -1
        self._keys = np.array(sorted(pairs), np.int64)
        self._values = np.array([pairs[key] for key in sorted(pairs)], np.int64)
        # Another value each time, for which recorded steps begin anew.
        self.vocabulary_changes: int = getattr(self, "vocabulary_changes", 0) + 1

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Take the whole numbers of data, in place of those of an earlier call.

        Args:
            data: an array, or batches of it.
            steps: how many batches are looked at; all if None.

        Raises:
            ValueError: a vocabulary was given.
        """
        if self._given:
            raise ValueError(
                f'[IntegerLookup "{self.name}"] was given a vocabulary: adapt has nothing to find'
            )
        self._terms.reset()
        data = np.asarray(data) if isinstance(data, (list, tuple)) else data
        for batch in batches_of(data, "IntegerLookup", steps):
            self._terms.count([np.asarray(batch).ravel().tolist()])
        self._terms.settle()
        self._settle()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[int]:
        """Return the whole numbers in the order of their numbers."""
        return self._terms.listed(include_special_tokens)

    def vocabulary_size(self) -> int:
        """Return how many numbers there are."""
        return self._terms.size

    @property
    def max_tokens(self) -> int | None:
        """How many numbers there are at most."""
        return self._terms.max_tokens

    def _depth(self) -> int:
        return int(self.max_tokens or 0) if self.pad_to_max_tokens else self._terms.size

    def call(self, x: Tensor) -> Tensor:
        """Return the numbers, or the rows."""
        if not len(self._terms.tokens):
            raise ValueError(
                f'[IntegerLookup "{self.name}"] has no vocabulary yet: call adapt(data) first, or '
                "pass one"
            )
        x = ops.cast(x, "int64")
        first = self._terms.first - self._terms.unknown
        place = ops.minimum(ops.searchsorted(self._keys, x), len(self._keys) - 1)
        known = ops.equal(ops.take(self._keys, place), x)
        unknown = ops.mod(x, self._terms.unknown) + first
        return self._encoded(ops.where(known, ops.take(self._values, place), unknown))

    def _specs_of_outputs(self, x: Any) -> Spec:
        dtype = "int64" if self.output_mode == "int" else self.compute_dtype
        return Spec(self.compute_output_shape(x.shape), dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with, and what `adapt` has found."""
        terms = self._terms
        return {
            **super().get_config(),
            "max_tokens": terms.max_tokens,
            "num_oov_indices": terms.unknown,
            "mask_token": terms.mask_token,
            "oov_token": terms.oov_token,
            "vocabulary": terms.listed(special=False) or None,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "vocabulary_dtype": self.vocabulary_dtype,
            "invert": False,
            "oov_method": "floormod",
            **({} if self._given or not terms.tokens else {"has_input_vocabulary": False}),
        }
