"""Words and identifiers as numbers; beside Keras where that is installed."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers

TEXTS = [
    "The cat sat on the mat.", "A dog; the cat!", "  Birds\tfly\nhigh,  high ", "ÉTÉ été's",
    "", "dog dog dog", "the-end (of it)",
]  # fmt: skip
NEW = ["The bird sat", "a dog on high", "", "été étÉ unknown words here and there"]

FORMS = [
    {},
    {"output_sequence_length": 4},
    {"output_sequence_length": 12, "max_tokens": 8},
    {"standardize": "lower"},
    {"standardize": "strip_punctuation"},
    {"standardize": None},
    {"split": "character", "max_tokens": 12},
    {"split": None},
    {"ngrams": 2},
    {"ngrams": (2, 3), "output_mode": "count"},
    {"output_mode": "multi_hot"},
    {"output_mode": "count", "max_tokens": 30, "pad_to_max_tokens": True},
    {"output_mode": "tf_idf"},
    {"output_mode": "tf_idf", "max_tokens": 9},
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_texts_become_what_they_become_in_keras(form):
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    ours, theirs = (lib.TextVectorization(**form) for lib in (layers, keras.layers))
    for layer in (ours, theirs):
        layer.adapt(TEXTS)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    assert ours.get_vocabulary(False) == theirs.get_vocabulary(include_special_tokens=False)
    assert ours.vocabulary_size() == theirs.vocabulary_size()
    for data in (TEXTS, NEW, np.array(NEW)[:, None]):
        expected = np.asarray(theirs(data))
        got = ours(data).numpy()
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=1e-6)


LOOKUPS = [
    {},
    {"mask_token": "", "num_oov_indices": 1},
    {"max_tokens": 3},
    {"output_mode": "one_hot"},
    {"output_mode": "multi_hot", "mask_token": "a"},
    {"output_mode": "count"},
    {"output_mode": "tf_idf"},
]
WORDS = np.array([["a", "b", "b"], ["c", "a", "b"], ["", "b", "d"]])


@pytest.mark.parametrize("form", LOOKUPS, ids=str)
def test_words_become_what_they_become_in_keras(form):
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    ours, theirs = (lib.StringLookup(**form) for lib in (layers, keras.layers))
    for layer in (ours, theirs):
        layer.adapt(WORDS)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    for data in (WORDS, np.array([["a", "x", "c"]]), np.array([["b"], ["d"]])):
        np.testing.assert_allclose(ours(data).numpy(), np.asarray(theirs(data)), rtol=1e-6)


def test_words_come_back():
    layer = layers.StringLookup(vocabulary=["a", "b"])
    again = layers.StringLookup(vocabulary=layer.get_vocabulary(), invert=True)
    assert again(layer([["a", "b", "c"]]).numpy()).tolist() == [["a", "b", "[UNK]"]]


NUMBERS = np.array([[7, 1000000007, 7], [3, 7, -5]])


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"mask_token": 0},
        {"num_oov_indices": 3},
        {"max_tokens": 3},
        {"output_mode": "one_hot"},
        {"output_mode": "multi_hot", "mask_token": 7},
        {"output_mode": "count", "max_tokens": 10, "pad_to_max_tokens": True},
    ],
    ids=str,
)
def test_whole_numbers_become_what_they_become_in_keras(form):
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    ours, theirs = (lib.IntegerLookup(**form) for lib in (layers, keras.layers))
    for layer in (ours, theirs):
        layer.adapt(NUMBERS)
    assert ours.get_vocabulary() == [int(n) for n in theirs.get_vocabulary()]
    single = form.get("output_mode") == "one_hot"
    for data in (NUMBERS, np.array([[0, 8, 3, 1000000007]])):
        data = data[:, :1] if single else data
        np.testing.assert_array_equal(ours(data).numpy(), np.asarray(theirs(data)))


@pytest.mark.filterwarnings("error::mark1.EagerStepWarning")
def test_whole_numbers_are_looked_up_within_models():
    lookup = layers.IntegerLookup(vocabulary=[30, 10, 20])
    inputs = mark1.Input((2,), dtype="int64")
    rows = layers.Embedding(lookup.vocabulary_size(), 3)(lookup(inputs))
    model = mark1.Model(inputs, layers.Dense(1)(layers.Flatten()(rows)))
    model.compile("sgd", "mse")
    x = np.array([[10, 20], [30, 99], [20, 20], [10, 7]] * 4)
    history = model.fit(x, np.ones((16, 1)), batch_size=4, epochs=6, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    again = mark1.models.model_from_json(model.to_json())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_a_program_about_texts_learns():
    words = layers.TextVectorization(max_tokens=30, output_sequence_length=5)
    texts = ["good film", "great good fun", "bad film", "awful bad mess"] * 8
    labels = np.array([1, 1, 0, 0] * 8)
    words.adapt(texts)
    mark1.utils.set_random_seed(1)
    model = mark1.Sequential(
        [
            layers.Embedding(words.vocabulary_size(), 4, mask_zero=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(mark1.optimizers.Adam(0.1), "binary_crossentropy", metrics=["accuracy"])
    model.fit(words(texts), labels, epochs=10, verbose=0)
    assert model.evaluate(words(texts), labels, verbose=0)[1] == 1.0


def test_functions_standardize_and_split():
    layer = layers.TextVectorization(
        standardize=np.char.upper, split=lambda texts: [t.split("|") for t in texts]
    )
    layer.adapt(np.array(["a|b", "b"]))
    assert layer.get_vocabulary() == ["", "[UNK]", "B", "A"]
    assert layer(b"b|a").numpy().tolist() == [2, 3]


def test_batches_are_gone_through():
    layer = layers.TextVectorization()
    layer.adapt((np.array([t]) for t in ["a b", "b c", "never seen"]), steps=2)
    assert layer.get_vocabulary() == ["", "[UNK]", "b", "c", "a"]
    layer.adapt("x")
    assert layer.get_vocabulary() == ["", "[UNK]", "x"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.TextVectorization(output_mode="tf_idf", ngrams=2),
        lambda: layers.TextVectorization(output_sequence_length=3, max_tokens=5),
        lambda: layers.StringLookup(mask_token="", output_mode="tf_idf"),
    ],
)
def test_layers_come_back_with_what_they_have_found(make):
    layer = make()
    layer.adapt(TEXTS)
    again = layers.deserialize(layers.serialize(layer))
    np.testing.assert_array_equal(again(NEW).numpy(), layer(NEW).numpy())
    assert again.get_config() == layer.get_config()
    again.adapt(["new words"])  # nobody gave them a vocabulary
    assert again.get_vocabulary(False) == make_and_adapt(make, ["new words"]).get_vocabulary(False)


def make_and_adapt(make, data):
    layer = make()
    layer.adapt(data)
    return layer


@pytest.mark.parametrize("name", ["IntegerLookup", "StringLookup", "TextVectorization"])
def test_adapt_finds_another_vocabulary_after_loading_as_in_keras(name):
    first, second = ([3, 3, 5], [7]) if name == "IntegerLookup" else (["a a b"], ["c"])
    config = make_and_adapt(getattr(layers, name), first).get_config()
    again = getattr(layers, name).from_config(config)
    again.adapt(second)
    assert again.get_vocabulary(False) == [7 if name == "IntegerLookup" else "c"]
    given = getattr(layers, name)(vocabulary=again.get_vocabulary(False))
    with pytest.raises(ValueError, match="was given a vocabulary"):
        getattr(layers, name).from_config(given.get_config()).adapt(second)
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    theirs = getattr(keras.layers, name).from_config(config)
    theirs.adapt(np.array(second))
    assert theirs.get_vocabulary(include_special_tokens=False) == again.get_vocabulary(False)


def symbolic():
    layers.TextVectorization(vocabulary=["a"])(mark1.Input((1,)))


def chained():
    words = layers.TextVectorization(vocabulary=["a"], name="words")
    mark1.Sequential([words, layers.Embedding(4, 2)])


def recorded():
    layer = layers.StringLookup(vocabulary=["a"], name="words")

    @mark1.function
    def step(x):
        return x + mark1.ops.cast(layer(["a"]), "float32")

    step([1.0])


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (symbolic, TypeError, r"takes strings, of which there are no tensors"),
        (chained, TypeError, r'\[TextVectorization "words"\] takes strings.* call it on the data'),
        (
            recorded,
            TypeError,
            r'\[StringLookup "words"\] takes strings.* call it on the data first',
        ),
        (
            lambda: layers.TextVectorization()(["a"]),
            ValueError,
            r"has no vocabulary yet: call adapt",
        ),
        (lambda: layers.IntegerLookup()([1]), ValueError, r"has no vocabulary yet: call adapt"),
        (lambda: layers.StringLookup(vocabulary=["a"])([1]), TypeError, "takes strings, got int"),
        (lambda: layers.TextVectorization(standardize="upper"), ValueError, "standardize must be"),
        (lambda: layers.TextVectorization(split="comma"), ValueError, "split must be one of"),
        (lambda: layers.TextVectorization(ngrams="two"), ValueError, "ngrams must be a positive"),
        (lambda: layers.TextVectorization(ragged=True), ValueError, "ragged=True is not supported"),
        (lambda: layers.TextVectorization(output_mode="one_hot"), ValueError, "for single words"),
        (
            lambda: layers.TextVectorization(output_mode="count", output_sequence_length=2),
            ValueError,
            "output_sequence_length goes with output_mode 'int', got 'count'",
        ),
        (
            lambda: layers.StringLookup(max_tokens=1),
            ValueError,
            "max_tokens must be None or greater",
        ),
        (
            lambda: layers.StringLookup(num_oov_indices=2),
            ValueError,
            "would need the hash function",
        ),
        (lambda: layers.StringLookup(num_oov_indices=-1), ValueError, "must be at least 0, got -1"),
        (lambda: layers.StringLookup(pad_to_max_tokens=True), ValueError, "needs max_tokens"),
        (lambda: layers.StringLookup(encoding="latin-1"), ValueError, "encoding must be 'utf-8'"),
        (
            lambda: layers.StringLookup(invert=True, output_mode="count"),
            ValueError,
            "invert goes with output_mode 'int'",
        ),
        (lambda: layers.StringLookup(idf_weights=[1.0]), ValueError, "idf_weights go with a vocab"),
        (lambda: layers.StringLookup(vocabulary=["a", "a"]), ValueError, "has 'a' more than once"),
        (lambda: layers.StringLookup(vocabulary=[]), ValueError, "the vocabulary is empty"),
        (
            lambda: layers.StringLookup(vocabulary=["a", "", "b"], mask_token=""),
            ValueError,
            "the mask token '' is within the vocabulary",
        ),
        (
            lambda: layers.StringLookup(vocabulary=["a", "[UNK]", "b"], invert=True),
            ValueError,
            r"the oov token '\[UNK\]' is within the vocabulary, whose words it must differ from",
        ),
        (
            lambda: layers.StringLookup(max_tokens=2, vocabulary=["a", "b"]),
            ValueError,
            "has 3 terms with the special ones, max_tokens is 2",
        ),
        (
            lambda: layers.StringLookup(
                vocabulary=["a"], idf_weights=[1.0, 2.0], output_mode="tf_idf"
            ),
            ValueError,
            "needs an idf weight for each of 1 terms, got 2",
        ),
        (
            lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["b"]),
            ValueError,
            r"'b' is not in the vocabulary, and num_oov_indices=0",
        ),
        (lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"]), ValueError, "was given a voc"),
        (
            lambda: layers.StringLookup().adapt(3),
            TypeError,
            "adapt takes texts or batches of texts",
        ),
        (lambda: layers.IntegerLookup(vocabulary=[1]).adapt([2]), ValueError, "was given a vocab"),
        (lambda: layers.IntegerLookup(num_oov_indices=0), ValueError, "of at least 1, and neither"),
        (lambda: layers.IntegerLookup(pad_to_max_tokens=True), ValueError, "needs max_tokens"),
        (lambda: layers.IntegerLookup(vocabulary_dtype="f"), ValueError, "must be 'int32' or"),
    ],
)
def test_what_is_refused(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


@pytest.mark.parametrize("kind", ["IntegerLookup", "StringLookup", "TextVectorization"])
def test_what_configs_of_keras_say_besides(kind):
    cls = getattr(mark1.layers, kind)
    words = [3, 5] if kind == "IntegerLookup" else ["a", "b"]
    config = {**cls(vocabulary=words).get_config(), "vocabulary_size": 3, "salt": None}
    assert cls.from_config(config).get_vocabulary()[-2:] == words
    with pytest.raises(ValueError, match=rf"\[{kind}\] oov_method must be '\w+', and there is no"):
        cls.from_config({**config, "oov_method": "other"})


def test_a_vocabulary_of_the_same_size_reaches_steps_that_were_recorded():
    layer = layers.IntegerLookup()
    layer.adapt([1, 1, 2])
    model = mark1.Sequential([layers.Input((1,), dtype="int64"), layer])
    x = np.array([[1], [2]])
    for _ in range(5):
        assert model.predict(x, verbose=0).ravel().tolist() == [1, 2]
    layer.adapt([2, 2, 1])
    assert model.predict(x, verbose=0).ravel().tolist() == [2, 1]
