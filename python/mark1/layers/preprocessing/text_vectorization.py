"""Sequences of numbers for texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mark1 import ops
from mark1.layers.layer import registry
from mark1.layers.preprocessing.host import texts_of
from mark1.layers.preprocessing.string_lookup import StringLookup

_STANDARDS = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
_SPLITS = ("whitespace", "character")
_PUNCTUATION = re.compile(r"[!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']")
_WORD = re.compile(r"[^ \t\n\v\f\r]+")
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@registry.register()
class TextVectorization(StringLookup):
    """Numbers for the words of texts, or a row for each text, before a model.

    A text is put into a standard form, split into words, and these looked up: number 0 fills up,
    1 is that of unknown words, then come the words, the most frequent first. It is no part of
    models; see `mark1.layers.preprocessing.host.HostLayer`.

    Args:
        max_tokens: how many numbers there are at most.
        standardize: ``"lower_and_strip_punctuation"``, ``"lower"``, ``"strip_punctuation"``, None,
            or a function of an array of strings. Only the letters A to Z have small ones here, and
            punctuation is that of ASCII, as in Keras.
        split: ``"whitespace"``, ``"character"``, None (a text is a word), or a function of an array
            of strings that returns a list of words for each.
        ngrams: up to how many words in succession count as one, or a tuple of such numbers.
        output_mode: ``"int"``; or rows, ``"multi_hot"``, ``"count"`` or ``"tf_idf"``.
        output_sequence_length: how many numbers there are for a text; as many as the longest has
            if None.
        pad_to_max_tokens: whether rows are always `max_tokens` long.
        vocabulary: the words, instead of those that `adapt` finds.
        idf_weights: a weight for each of them, for ``"tf_idf"``.

    Raises:
        ValueError: an argument is out of range, or there is no vocabulary.
        TypeError: when called: in a model, or with something that is no string.

    >>> layer = TextVectorization(output_sequence_length=4)
    >>> layer.adapt(["The cat sat.", "The dog!"])
    >>> layer.get_vocabulary()
    ['', '[UNK]', 'the', 'sat', 'dog', 'cat']
    >>> layer(["the bird sat"]).numpy()
    array([[2, 1, 3, 0]], dtype=int64)
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[[Any], Any] | None = "lower_and_strip_punctuation",
        split: str | Callable[[Any], Any] | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Sequence[str] | None = None,
        idf_weights: Sequence[float] | None = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        for what, value, known in (
            ("standardize", standardize, _STANDARDS),
            ("split", split, _SPLITS),
        ):
            if value is not None and not callable(value) and value not in known:
                raise ValueError(
                    f"[TextVectorization] {what} must be one of {known}, None or a function, "
                    f"got {value!r}"
                )
        if ragged:
            raise ValueError("[TextVectorization] ragged=True is not supported: tensors are dense")
        if output_mode == "one_hot":
            raise ValueError("[TextVectorization] output_mode 'one_hot' is for single words")
        if output_sequence_length is not None and output_mode != "int":
            raise ValueError(
                "[TextVectorization] output_sequence_length goes with output_mode 'int', "
                f"got {output_mode!r}"
            )
        widths = range(1, ngrams + 1) if isinstance(ngrams, int) else ngrams
        if widths is not None and not all(isinstance(n, int) and n > 0 for n in widths):
            raise ValueError(
                f"[TextVectorization] ngrams must be a positive number or several, got {ngrams!r}"
            )
        super().__init__(
            max_tokens=max_tokens,
            mask_token="",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            sparse=sparse,
            encoding=encoding,
            name=name,
            **kwargs,
        )
        self.standardize = standardize
        self.split = split
        self.ngrams: int | tuple[int, ...] | None = (
            ngrams if ngrams is None or isinstance(ngrams, int) else tuple(ngrams)
        )
        self._widths = None if widths is None else tuple(widths)
        self.output_sequence_length = output_sequence_length

    def _documents(self, batch: Any) -> list[list[str]]:
        """Return the words of each text."""
        texts = np.asarray(batch, object)
        if callable(self.standardize):
            texts = texts_of(self.standardize(texts.astype(str)), "TextVectorization")
        elif self.standardize is not None:
            texts = texts.copy()
            texts.flat[:] = [self._standard(text) for text in texts.flat]
        if self.split is None:
            return [self._joined(list(np.ravel(row))) for row in texts]
        if texts.ndim > 1:
            if texts.shape[-1] != 1 or texts.ndim > 2:
                raise ValueError(
                    "[TextVectorization] takes texts in one axis, (batch,) or (batch, 1), "
                    f"got {texts.shape}"
                )
            texts = texts[:, 0]
        if callable(self.split):
            parts = [list(map(str, words)) for words in self.split(texts.astype(str))]
        elif self.split == "character":
            parts = [list(text) for text in texts]
        else:
            parts = [_WORD.findall(text) for text in texts]
        return [self._joined(words) for words in parts]

    def _standard(self, text: str) -> str:
        if self.standardize != "strip_punctuation":
            text = text.translate(_LOWER)
        return text if self.standardize == "lower" else _PUNCTUATION.sub("", text)

    def _joined(self, words: list[str]) -> list[str]:
        if self._widths is None:
            return words
        return [
            " ".join(words[i : i + width])
            for width in self._widths
            for i in range(len(words) - width + 1)
        ]

    def call(self, x: Any) -> Any:
        """Return the numbers, or the rows."""
        self._require_words()
        texts = texts_of(x, "TextVectorization")
        single = texts.ndim == 0
        documents = self._documents(texts.reshape(1) if single else texts)
        numbers = [
            self._words.look_up(np.array([*words, None], object)[:-1]) for words in documents
        ]
        if self.output_mode != "int":
            out = self._rows(numbers)
            return out[0] if single else out
        length = self.output_sequence_length
        if length is None:
            length = max(map(len, numbers), default=0)
        if self.split is None and texts.ndim < 2 and self._widths is None and length == 1:
            flat = np.concatenate(numbers)  # each text is one word, and has one number
            return ops.convert_to_tensor(flat[0] if single else flat)
        padded = np.zeros((len(numbers), length), np.int64)
        for row, found in zip(padded, numbers, strict=True):
            row[: len(found)] = found[:length]
        return ops.convert_to_tensor(padded[0] if single else padded)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the numbers or rows for texts of that shape."""
        length = self.output_sequence_length if self.output_mode == "int" else self._depth()
        return (input_shape[0], length)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with, and what `adapt` has found."""
        config = super().get_config()
        for name in ("num_oov_indices", "mask_token", "oov_token", "invert"):
            del config[name]
        return {
            **config,
            "standardize": self.standardize,
            "split": self.split,
            "ngrams": self.ngrams,
            "output_sequence_length": self.output_sequence_length,
        }
