"""The temperature of the next hours from the last days, by an LSTM."""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers

PAST, FUTURE = 72, 12


def temperatures(hours: int, seed: int) -> np.ndarray:
    """A year's course, a day's course, and weather that wanders about."""
    rng = np.random.default_rng(seed)
    t = np.arange(hours)
    weather = np.zeros(hours)
    for hour in range(1, hours):
        weather[hour] = 0.98 * weather[hour - 1] + rng.normal(0, 0.3)
    year, day = 8 * np.cos(2 * np.pi * t / (365 * 24)), 4 * np.cos(2 * np.pi * t / 24)
    return np.asarray(10 - year - day + weather, "float32")


def windows(series: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every stretch of PAST hours, and the FUTURE hours that followed it."""
    starts = np.arange(len(series) - PAST - FUTURE + 1)
    x = series[starts[:, None] + np.arange(PAST)]
    y = series[starts[:, None] + PAST + np.arange(FUTURE)]
    return x[..., None], y


def main(hours: int = 4000, epochs: int = 8) -> tuple[float, float]:
    """Train, and return the mean error in degrees beside that of repeating yesterday."""
    keras.utils.set_random_seed(1)
    series = temperatures(hours, seed=1)
    split = int(0.8 * hours)
    mean, deviation = series[:split].mean(), series[:split].std()
    x_train, y_train = windows((series[:split] - mean) / deviation)
    x_test, y_test = windows((series[split:] - mean) / deviation)
    model = keras.Sequential([keras.Input(shape=(PAST, 1)), layers.LSTM(32), layers.Dense(FUTURE)])
    model.compile(keras.optimizers.Adam(learning_rate=3e-3), "mse")
    model.fit(x_train, y_train, batch_size=64, epochs=epochs, verbose=2)
    error = np.abs(model.predict(x_test, verbose=0) - y_test).mean() * deviation
    naive = np.abs(x_test[:, -24 : -24 + FUTURE, 0] - y_test).mean() * deviation
    print(f"mean error {error:.2f} degrees, repeating yesterday {naive:.2f}")
    return error, naive


if __name__ == "__main__":
    main()
