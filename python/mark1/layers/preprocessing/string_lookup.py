"""Numbers for words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import registry
from mark1.layers.preprocessing.categories import check_mode
from mark1.layers.preprocessing.host import HostLayer, batches_of_texts, texts_of
from mark1.layers.preprocessing.vocabulary import Vocabulary, is_given, own_arguments, rows

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


@registry.register()
class StringLookup(HostLayer):
    """Numbers for words, on arrays of strings before a model.

    Number 0 is that of `mask_token`, if there is one; then comes that of unknown words; then the
    words, the most frequent first. It is no part of models; see
    `mark1.layers.preprocessing.host.HostLayer`.

    Args:
        max_tokens: how many numbers there are at most.
        num_oov_indices: how many of them are for unknown words: 1, or 0 to refuse them.
        mask_token: the word of number 0.
        oov_token: what unknown words are called.
        vocabulary: the words, instead of those that `adapt` finds.
        idf_weights: a weight for each of them, for ``"tf_idf"``.
        invert: whether words are made of numbers.
        output_mode: ``"int"``; or a row for each sample, ``"one_hot"``, ``"multi_hot"``,
            ``"count"`` or ``"tf_idf"``, as long as there are numbers.
        pad_to_max_tokens: whether rows are always `max_tokens` long.

    Raises:
        ValueError: an argument is out of range; there is no vocabulary; a word is unknown and there
            is no number for it.
        TypeError: when called: in a model, or with something that is no string.

    >>> layer = StringLookup(vocabulary=["a", "b"])
    >>> layer([["b", "c"], ["a", "a"]]).numpy()
    array([[2, 0],
           [1, 1]], dtype=int64)
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Sequence[str] | None = None,
        idf_weights: Sequence[float] | None = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        sparse: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        op = type(self).__name__
        self._given = is_given(vocabulary, kwargs)
        super().__init__(name=name, **own_arguments(op, kwargs))
        output_mode = {"tf-idf": "tf_idf"}.get(output_mode, output_mode)
        self.output_mode: str = check_mode(op, output_mode, _MODES, sparse)
        if encoding != "utf-8":
            raise ValueError(f"[{op}] encoding must be 'utf-8', got {encoding!r}")
        if num_oov_indices > 1:
            raise ValueError(
                f"[{op}] num_oov_indices must be 0 or 1, got {num_oov_indices}: more of them would "
                "need the hash function of TensorFlow"
            )
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(f"[{op}] pad_to_max_tokens needs max_tokens")
        if invert and self.output_mode != "int":
            raise ValueError(f"[{op}] invert goes with output_mode 'int', got {output_mode!r}")
        if (idf_weights is None) != (self.output_mode != "tf_idf" or vocabulary is None):
            raise ValueError(f"[{op}] idf_weights go with a vocabulary and output_mode 'tf_idf'")
        self.invert: bool = bool(invert)
        self.pad_to_max_tokens: bool = bool(pad_to_max_tokens)
        numbered = self.output_mode == "int"
        self._words = Vocabulary(op, max_tokens, mask_token, oov_token, num_oov_indices, numbered)
        if vocabulary is not None:
            self._words.put(list(map(str, vocabulary)), idf_weights, self.invert)

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take the words of data, in place of those of an earlier call.

        Args:
            data: strings in a list or an array, or batches of them.
            batch_size: for nothing.
            steps: how many batches are looked at; all if None.

        Raises:
            ValueError: a vocabulary was given.
            TypeError: there is something that is no string.
        """
        if self._given:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] was given a vocabulary: adapt has nothing '
                "to find"
            )
        self._words.reset()
        for batch in batches_of_texts(data, type(self).__name__, steps):
            self._words.count(self._documents(batch))
        self._words.settle()

    def _documents(self, batch: Any) -> list[list[str]]:
        return [list(np.ravel(row)) for row in batch] if batch.ndim > 1 else [[w] for w in batch]

    def set_vocabulary(
        self, vocabulary: Sequence[str], idf_weights: Sequence[float] | None = None
    ) -> None:
        """Take words as they are, in the order of their numbers.

        Raises:
            ValueError: a word is there twice, or there are too many.
        """
        if (idf_weights is None) == (self.output_mode == "tf_idf"):
            raise ValueError(
                f"[{type(self).__name__}] idf_weights go with output_mode 'tf_idf', and only there"
            )
        self._words.put(list(map(str, vocabulary)), idf_weights, self.invert)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """Return the words in the order of their numbers."""
        return self._words.listed(include_special_tokens)

    def vocabulary_size(self) -> int:
        """Return how many numbers there are."""
        return self._words.size

    @property
    def max_tokens(self) -> int | None:
        """How many numbers there are at most."""
        return self._words.max_tokens

    def call(self, x: Any) -> Any:
        """Return the numbers, or an array of words if it is inverted."""
        op = type(self).__name__
        self._require_words()
        if self.invert:
            return self._words_of(np.asarray(x))
        words = texts_of(x, op)
        numbers = self._words.look_up(words)
        if self.output_mode == "int":
            return ops.convert_to_tensor(numbers)
        if self.output_mode == "one_hot":
            squeezed = numbers[..., 0] if numbers.ndim > 1 and numbers.shape[-1] == 1 else numbers
            return ops.one_hot(squeezed, self._depth())
        if numbers.ndim > 2:
            raise ValueError(f"[{op}] makes rows of (batch, words), got {numbers.shape}")
        if numbers.ndim < 2:
            return self._rows([numbers.ravel()])[0]
        return self._rows(list(numbers))

    def _require_words(self) -> None:
        if not self._words.tokens:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] has no vocabulary yet: call adapt(data) '
                "first, or pass one"
            )

    def _depth(self) -> int:
        return int(self.max_tokens or 0) if self.pad_to_max_tokens else self._words.size

    def _rows(self, numbers: list[Any]) -> Tensor:
        depth = self._depth()
        weights = self._words.all_weights(depth) if self.output_mode == "tf_idf" else None
        made: Tensor = ops.convert_to_tensor(rows(numbers, self.output_mode, depth, weights))
        return made

    def _words_of(self, numbers: Any) -> Any:
        listed = np.array(self._words.listed(), object)
        known = (numbers >= 0) & (numbers < len(listed))
        return np.where(known, listed[np.where(known, numbers, 0)], self._words.oov_token)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with, and what `adapt` has found."""
        words = self._words
        found = words.listed(special=False) or None
        idf = self.output_mode == "tf_idf" and found is not None and words.weights is not None
        return {
            **super().get_config(),
            "max_tokens": words.max_tokens,
            "num_oov_indices": words.unknown,
            "mask_token": words.mask_token,
            "oov_token": words.oov_token,
            "vocabulary": found,
            "idf_weights": words.weights.tolist() if idf and words.weights is not None else None,
            "invert": self.invert,
            "output_mode": self.output_mode,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            **({} if self._given or found is None else {"has_input_vocabulary": False}),
        }
