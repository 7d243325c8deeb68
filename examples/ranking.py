"""How urgent is a ticket, and who shall have it? Three inputs, two outputs."""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers

WORDS, TAGS, DEPARTMENTS = 60, 6, 4


def tickets(count: int, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Titles, texts and tags; priorities and departments that follow from them."""
    rng = np.random.default_rng(seed)
    department = rng.integers(0, DEPARTMENTS, count)
    urgent = rng.integers(0, 2, count)
    # Each department has words of its own, and urgent titles have one of the last five.
    own = department[:, None] * 10 + rng.integers(0, 10, (count, 20))
    body = np.where(rng.uniform(size=(count, 20)) < 0.4, own, rng.integers(40, 55, (count, 20)))
    title = rng.integers(40, 55, (count, 6))
    title[np.arange(count), rng.integers(0, 6, count)] = np.where(
        urgent, rng.integers(55, WORDS, count), 40
    )
    tags = rng.integers(0, 2, (count, TAGS)).astype("float32")
    priority = (urgent * 0.6 + tags[:, 0] * 0.4).astype("float32")[:, None]
    inputs = {"title": title.astype("int32"), "body": body.astype("int32"), "tags": tags}
    return inputs, {"priority": priority, "department": np.eye(DEPARTMENTS)[department]}


def make_model() -> keras.Model:
    """Words into vectors, these into one by LSTMs, everything together into two answers."""
    title_input = keras.Input(shape=(None,), dtype="int32", name="title")
    body_input = keras.Input(shape=(None,), dtype="int32", name="body")
    tags_input = keras.Input(shape=(TAGS,), name="tags")
    title_features = layers.LSTM(32)(layers.Embedding(WORDS, 16)(title_input))
    body_features = layers.LSTM(32)(layers.Embedding(WORDS, 16)(body_input))
    x = layers.concatenate([title_features, body_features, tags_input])
    priority = layers.Dense(1, name="priority", activation="sigmoid")(x)
    department = layers.Dense(DEPARTMENTS, name="department")(x)
    return keras.Model(
        inputs=[title_input, body_input, tags_input],
        outputs={"priority": priority, "department": department},
    )


def main(count: int = 2000, epochs: int = 8) -> tuple[float, float]:
    """Train; return the mean error of priorities and the share of departments found, unseen."""
    keras.utils.set_random_seed(1)
    model = make_model()
    model.summary()
    model.compile(
        optimizer=keras.optimizers.RMSprop(3e-3),
        loss={
            "priority": keras.losses.MeanSquaredError(),
            "department": keras.losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"priority": 1.0, "department": 0.2},
    )
    inputs, targets = tickets(count, seed=1)
    model.fit(inputs, targets, epochs=epochs, batch_size=32, verbose=2)
    inputs, targets = tickets(400, seed=2)
    found = model.predict(inputs, verbose=0)
    error = np.abs(found["priority"] - targets["priority"]).mean()
    right = (found["department"].argmax(1) == targets["department"].argmax(1)).mean()
    print(f"mean error of priorities {error:.3f}, departments found {right:.1%}")
    return error, right


if __name__ == "__main__":
    main()
