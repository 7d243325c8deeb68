"""A variational autoencoder of digits.

D. Kingma, M. Welling: Auto-Encoding Variational Bayes. 2014.

The step of training is the model's own; it runs natively like any other.
"""

from __future__ import annotations

from typing import Any

import mark1 as keras
from mark1 import GradientTape, layers, ops
from mark1.datasets import digits


class Sampling(layers.Layer):
    """A point of the normal distribution with mean and logarithm of the variance given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs: tuple[keras.KerasTensor, keras.KerasTensor]) -> keras.KerasTensor:
        """Return mean plus deviation times noise."""
        mean, log_var = inputs
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * noise


def make_encoder(pixels: int, latent: int) -> keras.Model:
    """Images to means, logarithms of variances and points."""
    inputs = keras.Input(shape=(pixels,))
    x = layers.Dense(64, activation="relu")(inputs)
    mean = layers.Dense(latent, name="mean")(x)
    log_var = layers.Dense(latent, name="log_var")(x)
    return keras.Model(inputs, [mean, log_var, Sampling()([mean, log_var])], name="encoder")


def make_decoder(pixels: int, latent: int) -> keras.Model:
    """Points to images."""
    inputs = keras.Input(shape=(latent,))
    x = layers.Dense(64, activation="relu")(inputs)
    return keras.Model(inputs, layers.Dense(pixels, activation="sigmoid")(x), name="decoder")


class VAE(keras.Model):
    """Encoder and decoder, trained to describe images by few independent numbers."""

    def __init__(self, encoder: keras.Model, decoder: keras.Model, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder
        self.decoder = decoder
        self.total_tracker = keras.metrics.Mean(name="total")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction")
        self.kl_tracker = keras.metrics.Mean(name="kl")

    @property
    def metrics(self) -> list[keras.Metric]:
        """What is begun anew with every epoch."""
        return [self.total_tracker, self.reconstruction_tracker, self.kl_tracker]

    def train_step(self, data: keras.KerasTensor) -> dict[str, keras.KerasTensor]:
        """Make one step towards likely images and modest codes."""
        with GradientTape() as tape:
            mean, log_var, z = self.encoder(data)
            pixels = data.shape[-1]
            error = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction = ops.mean(error) * pixels
            kl = -0.5 * (1 + log_var - ops.square(mean) - ops.exp(log_var))
            kl = ops.mean(ops.sum(kl, axis=1))
            total = reconstruction + kl
        gradients = tape.gradient(total, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self.total_tracker.update_state(total)
        self.reconstruction_tracker.update_state(reconstruction)
        self.kl_tracker.update_state(kl)
        return {metric.name: metric.result() for metric in self.metrics}


def main(epochs: int = 20, latent: int = 2) -> dict[str, list[float]]:
    """Train, and return the history."""
    keras.utils.set_random_seed(1)
    (x, _), _ = digits.load_data()
    x = x.reshape(len(x), -1).astype("float32") / 16
    vae = VAE(make_encoder(x.shape[1], latent), make_decoder(x.shape[1], latent))
    vae.compile(optimizer=keras.optimizers.Adam(learning_rate=3e-3))
    history = vae.fit(x, epochs=epochs, batch_size=64, verbose=2).history
    images = vae.decoder.predict(keras.random.normal((4, latent), seed=1), verbose=0)
    print("four digits that nobody wrote:")
    for row in images.reshape(4, 8, 8).transpose(1, 0, 2):
        print("   ".join("".join(" .:*#"[int(p * 4.99)] * 2 for p in image) for image in row))
    return history


if __name__ == "__main__":
    main()
