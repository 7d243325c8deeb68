"""Where a model lies: its variables, and the data of its steps."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from mark1 import _core, devices
from mark1._core import Tensor
from mark1.device_array import DeviceArray
from mark1.layers.layer import Layer
from mark1.utils.nest import flatten
from mark1.utils.registry import unknown_argument
from mark1.variable import Variable

if TYPE_CHECKING:
    from typing_extensions import Self

_F = TypeVar("_F", bound=Callable[..., Any])


def placed(method: _F) -> _F:
    """Make a model's method run where the model lies."""

    @functools.wraps(method)
    def run(self: Placed, *args: Any, **kwargs: Any) -> Any:
        try:
            if self._device is None:
                return method(self, *args, **kwargs)
            with self._place():
                return method(self, *args, **kwargs)
        except TypeError as error:
            refuse_unknown(error, method)
            raise

    return run  # type: ignore[return-value]


def worded(method: _F) -> _F:
    """Make a method say which argument is meant if it is called with one that it does not have."""

    @functools.wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TypeError as error:
            refuse_unknown(error, method)
            raise

    return run  # type: ignore[return-value]


def refuse_unknown(error: TypeError, method: Callable[..., Any]) -> None:
    """Say which argument is meant, if the method was called with one that it does not have."""
    found = re.search(r" got an unexpected keyword argument '([^']+)'", str(error))
    if error.__traceback__ is not None and error.__traceback__.tb_next is None and found:
        raise unknown_argument(method.__name__, found[1], method) from None


class Placed(Layer):
    """What can be put on a device, with all that belongs to it."""

    _device: str | None = None  # where it was put
    _reason = ""

    @property
    def device(self) -> str:
        """Where the model was put by `to` or `compile`; the CPU if it was put nowhere."""
        return self._device or "cpu:0"

    def to(self, device: str) -> Self:
        """Put the model on a device: weights, state of optimizer and metrics, random numbers.

        What it makes later it makes there, and the data of `fit`, `evaluate` and `predict` go
        there.

        Args:
            device: "cpu", "cpu:0", "cuda" or "cuda:N".

        Returns:
            The model.

        Raises:
            DeviceError: if the device cannot be used here; there is never a silent fall-back.
            ValueError: if the name is none of the above.

        >>> import mark1
        >>> model = mark1.Sequential([mark1.Input((2,)), mark1.layers.Dense(1)])
        >>> model.to("cpu").device
        'cpu:0'
        """
        self._device = devices.require(device)
        self._reason = f"asked for {device!r}"
        self._settle()
        return self

    def _choose(self, device: str | None) -> None:
        """Put the model where `compile` was told to."""
        if device is None:
            return
        if device != "auto":
            self.to(device)
            return
        usable, text = devices.cuda_status()
        chosen = "cuda:0" if usable else "cpu:0"
        self.to(chosen)
        self._reason = f"device='auto', {text}"
        print(f"[compile] runs on {chosen}: {text}")

    def _settle(self) -> None:
        for variable in _state_of(self):
            if variable.device != self._device:
                variable.to(self.device)

    def _place(self) -> AbstractContextManager[Any]:
        self._settle()
        return devices.device(self.device)

    def _call_with(self, given: Any, kwargs: Any, training: Any) -> Any:
        if self._device is None:
            return super()._call_with(given, kwargs, training)
        with self._place():  # arrays become tensors there
            return super()._call_with(given, kwargs, training)


def room_for(*arrays: Any) -> AbstractContextManager[Any]:
    """Return a block in which arrays become tensors: on the CPU if the device has too little room.

    The half that is left is for a step. What lies on the device already needs no room.
    """
    here = _core.current_device()
    if here == "cpu:0":
        return nullcontext()
    parts = [a for nest in arrays for a in flatten(nest) if a is not None]
    size = sum(a.nbytes for a in parts if not isinstance(a, DeviceArray))
    return devices.device("cpu") if size > devices.memory(here)["free"] // 2 else nullcontext()


def on_current_device(x: Tensor) -> Tensor:
    """Return a tensor, or a copy of it, on the device in use."""
    here = _core.current_device()
    return x if x.device == here else x.to(here)


def _state_of(model: Any) -> Iterator[Variable]:
    yield from model.weights
    yield from _random_states(model)
    if model._shuffle_generator is not None:
        yield model._shuffle_generator.state
    if model.optimizer is not None:
        yield from _variables_in(model.optimizer)
    for metric in model.metrics:
        yield from metric.variables


def _random_states(layer: Any) -> Iterator[Variable]:
    generator = getattr(layer, "seed_generator", None)
    if generator is not None:
        yield generator.state
    for part in layer._children():
        yield from _random_states(part)


def _variables_in(optimizer: Any) -> Iterator[Variable]:
    for value in vars(optimizer).values():
        if isinstance(value, Variable):
            yield value
    for slots in optimizer._slots.values():
        yield from slots
    for _, state in optimizer._own:
        yield state
    for part in getattr(optimizer, "optimizers", ()):
        yield from _variables_in(part)
