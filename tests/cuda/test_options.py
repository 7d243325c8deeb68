"""Optimizers that also average, accumulate and scale: the bits of the CPU's reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops, optimizers
from tests.cuda.test_packets import assert_same

OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "adadelta": optimizers.Adadelta,
    "adagrad": optimizers.Adagrad,
    "adam": optimizers.Adam,
    "amsgrad": lambda **options: optimizers.Adam(amsgrad=True, **options),
    "adamax": optimizers.Adamax,
    "ftrl": optimizers.Ftrl,
    "ftrl_power": lambda **options: optimizers.Ftrl(learning_rate_power=-0.3, **options),
    "lion": optimizers.Lion,
    "nadam": optimizers.Nadam,
    "rmsprop": optimizers.RMSprop,
    "rmsprop_momentum": lambda **options: optimizers.RMSprop(momentum=0.9, **options),
    "rmsprop_centered": lambda **options: optimizers.RMSprop(centered=True, **options),
    "rmsprop_both": lambda **options: optimizers.RMSprop(momentum=0.9, centered=True, **options),
    "schedule_free": optimizers.ScheduleFreeAdamW,
    "sgd": optimizers.SGD,
    "momentum": lambda **options: optimizers.SGD(momentum=0.9, **options),
    "nesterov": lambda **options: optimizers.SGD(momentum=0.9, nesterov=True, **options),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_options_have_the_bits_of_the_cpu(name: str, dtype: str):
    options: dict[str, Any] = {"gradient_accumulation_steps": 2, "loss_scale_factor": 4.0}
    if name != "schedule_free":  # which has an average of its own
        options |= {"use_ema": True, "ema_overwrite_frequency": 3}

    def steps(*arrays: Any) -> Any:
        optimizer = OPTIMIZERS[name](learning_rate=0.1, **options)
        variables = [mark1.Variable(ops.convert_to_tensor(x)) for x in arrays]
        for step in range(5):
            gradients = [ops.convert_to_tensor(x) * (step - 1.5) for x in arrays]
            optimizer.apply(gradients, variables)
        values = [v for v in optimizer.variables if v.dtype == dtype] + variables
        return ops.concatenate([ops.reshape(v.value, (-1,)) for v in values], 0)

    rng = np.random.default_rng(5)
    assert_same(steps, *(rng.normal(size=n).astype(dtype) for n in (1, 33, 4099)))
