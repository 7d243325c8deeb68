"""Terms and their numbers: the vocabulary of a layer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from mark1.typing import Array


class Vocabulary:
    """Numbers for terms: one for what is masked, some for unknown terms, then one for each term.

    Args:
        op: the class of the layer, for messages.
        max_tokens: how many numbers there are at most, those for unknown terms included.
        mask_token: the term of number 0; None if there is none.
        oov_token: what unknown terms are called.
        unknown: how many numbers there are for unknown terms.
        numbers_mask: whether what is masked has a number; rows leave it out.

    >>> words = Vocabulary("StringLookup", None, None, "[UNK]", 1)
    >>> words.count([["b", "a", "b"]])
    >>> words.settle()
    >>> words.listed()
    ['[UNK]', 'b', 'a']
    """

    def __init__(
        self,
        op: str,
        max_tokens: int | None,
        mask_token: Any,
        oov_token: Any,
        unknown: int,
        numbers_mask: bool = True,
    ) -> None:
        if max_tokens is not None and (not isinstance(max_tokens, int) or max_tokens < 2):
            raise ValueError(f"[{op}] max_tokens must be None or greater than 1, got {max_tokens}")
        if unknown < 0:
            raise ValueError(f"[{op}] num_oov_indices must be at least 0, got {unknown}")
        self._op = op
        self.max_tokens = max_tokens
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.unknown = unknown
        self._masked = int(mask_token is not None and numbers_mask)
        self.tokens: list[Any] = []
        self.weights: Array | None = None  # of the tokens, for tf_idf
        self.numbers: dict[Any, int] = {}
        self.reset()

    @property
    def first(self) -> int:
        """The number of the first term."""
        return self.unknown + self._masked

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self.first + len(self.tokens)

    def reset(self) -> None:
        """Forget what was counted."""
        self._counts: Counter[Hashable] = Counter()
        self._documents: Counter[Hashable] = Counter()
        self._seen = 0

    def count(self, documents: Iterable[Sequence[Any]]) -> None:
        """Count terms, and in how many documents they are."""
        for document in documents:
            self._counts.update(document)
            self._documents.update(set(document))
            self._seen += 1

    def settle(self) -> None:
        """Take the terms that were counted: the most frequent first, of equal ones the last."""
        for special in (self.mask_token, self.oov_token):
            self._counts.pop(special, None)
        found = sorted(self._counts, key=lambda t: (self._counts[t], t), reverse=True)
        if self.max_tokens is not None:
            found = found[: max(self.max_tokens - self.first, 0)]
        weights = [math.log(1 + self._seen / (1 + self._documents[t])) for t in found]
        self._take(found, np.array(weights))
        self.reset()

    def _take(self, tokens: list[Any], weights: Any) -> None:
        self.tokens = tokens
        self.weights = None if weights is None else np.asarray(weights, float)
        self.numbers = {token: self.first + i for i, token in enumerate(tokens)}

    def put(
        self,
        vocabulary: Sequence[Any],
        weights: Sequence[float] | None = None,
        inverted: bool = False,
    ) -> None:
        """Take terms as they are; the special ones may stand at the beginning.

        Args:
            vocabulary: the terms.
            weights: of each, for tf_idf.
            inverted: whether they are made of numbers, and so must differ from the unknown one.

        Raises:
            ValueError: a term is there twice or is a special one, or there are none or too many.
        """
        terms = list(vocabulary)
        special = self._special()
        front = bool(special) and terms[: len(special)] == special
        tokens = terms[len(special) :] if front else terms
        twice = [token for token, n in Counter(tokens).items() if n > 1]
        if not terms or twice:
            what = f"has {twice[0]!r} more than once" if twice else "is empty"
            raise ValueError(f"[{self._op}] the vocabulary {what}")
        if self.mask_token is not None and self.mask_token in tokens:
            raise ValueError(
                f"[{self._op}] the mask token {self.mask_token!r} is within the vocabulary: leave "
                f"special tokens out, or begin with {special}"
            )
        if inverted and self.oov_token in tokens:
            raise ValueError(
                f"[{self._op}] the oov token {self.oov_token!r} is within the vocabulary, whose "
                f"words it must differ from: leave it out, or begin with {special}"
            )
        if self.max_tokens is not None and self.first + len(tokens) > self.max_tokens:
            raise ValueError(
                f"[{self._op}] the vocabulary has {self.first + len(tokens)} terms with the "
                f"special ones, max_tokens is {self.max_tokens}"
            )
        if weights is not None:
            if len(weights) != len(terms):
                raise ValueError(
                    f"[{self._op}] needs an idf weight for each of {len(terms)} terms, "
                    f"got {len(weights)}"
                )
            weights = list(weights)[len(special) :] if front else list(weights)
        self._take(tokens, weights)

    def _special(self) -> list[Any]:
        return [self.mask_token] * self._masked + [self.oov_token] * self.unknown

    def listed(self, special: bool = True) -> list[Any]:
        """Return the terms in the order of their numbers."""
        return [*(self._special() if special else ()), *self.tokens]

    def all_weights(self, depth: int) -> Array:
        """Return the weight of each number; unknown terms have the mean of all."""
        known = np.zeros(0) if self.weights is None else self.weights
        mean = float(known.mean()) if known.size else 0.0
        weights = np.concatenate([np.full(self.first, mean), known])
        return np.pad(weights, (0, depth - len(weights)))

    def look_up(self, terms: Array) -> Array:
        """Return the numbers of an array of terms; -1 for what is masked and has none.

        Raises:
            ValueError: there is no number for an unknown term.
        """
        default = self._masked if self.unknown else -1
        get = self.numbers.get
        flat = [get(term, default) for term in terms.ravel()]
        out = np.array(flat, np.int64).reshape(terms.shape)
        masked = terms == self.mask_token
        if self.mask_token is not None:
            out[masked] = 0 if self._masked else -1
        if not self.unknown and ((out < 0) & ~masked).any():
            raise ValueError(
                f"[{self._op}] {terms[(out < 0) & ~masked][0]!r} is not in the vocabulary, and "
                "num_oov_indices=0 leaves no number for it: set num_oov_indices=1"
            )
        return out


def rows(numbers: Sequence[Array], mode: str, depth: int, weights: Array | None) -> Array:
    """Return a row for each document: what is in it, how often, or how often times its weight.

    >>> rows([np.array([0, 2, 2])], "count", 3, None)
    array([[1., 0., 2.]], dtype=float32)
    """
    out = np.zeros((len(numbers), depth), np.float32)
    for row, document in zip(out, numbers, strict=True):
        np.add.at(row, document[document >= 0], 1)
    if mode == "multi_hot":
        return np.minimum(out, 1)
    return out if weights is None else (out * weights.astype(np.float32)).astype(np.float32)


_SAID_BESIDES = ("vocabulary_size", "has_input_vocabulary")


def is_given(vocabulary: Any, given: dict[str, Any]) -> bool:
    """Return whether a vocabulary is the user's, who would lose it to `adapt`.

    Configs say with it (as Keras reads them) that `adapt` has found it, and may do so again.
    """
    return bool(given.get("has_input_vocabulary", vocabulary is not None))


def own_arguments(op: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return a layer's arguments without what configs say besides.

    Raises:
        ValueError: unknown terms are to get their numbers in a way that there is not.
    """
    left = {key: value for key, value in given.items() if key not in _SAID_BESIDES}
    salted = left.pop("salt", None) is not None
    if left.pop("oov_method", None) not in (None, "floormod") or salted:
        raise ValueError(f"[{op}] oov_method must be 'floormod', and there is no salt")
    return left
