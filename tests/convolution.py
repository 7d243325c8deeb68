"""Convolution in NumPy, which defines it for the tests, and in torch, for comparison."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.cases.base import Array

Axes = tuple[tuple[int, int, int, int], ...]  # stride, dilation, zeros before, zeros after
Shape = tuple[int, ...]


def each(value: Any, rank: int) -> Shape:
    return (value,) * rank if isinstance(value, int) else tuple(value)


def axes_of(x: Shape, w: Shape, strides: Any, padding: str, dilation_rate: Any) -> Axes:
    rank = len(x) - 2
    axes = []
    for size, k, s, d in zip(
        x[1:-1], w, each(strides, rank), each(dilation_rate, rank), strict=False
    ):
        extent = (k - 1) * d + 1
        total = 0
        if padding == "same":
            total = max((math.ceil(size / s) - 1) * s + extent - size, 0)
        low = extent - 1 if padding == "causal" else total // 2
        axes.append((s, d, low, 0 if padding == "causal" else total - low))
    return tuple(axes)


def _positions(size: int, k: int, axis: tuple[int, int, int, int]) -> int:
    s, d, low, high = axis
    return (size + low + high - ((k - 1) * d + 1)) // s + 1


class TorchConv:
    """torch's convolution (0), its input's (1) or its filter's gradient (2), in either layout."""

    def __init__(self, axes: Axes, x: Shape, w: Shape, product: int) -> None:
        self.axes, self.x, self.w, self.product = axes, x, w, product
        self.prepared: dict[tuple[int, bool], Any] = {}

    @classmethod
    def maybe(cls, axes: Axes, x: Shape, w: Shape, product: int) -> TorchConv | None:
        """None where torch has no such padding."""
        alike = all(low == high for _, _, low, high in axes)
        return cls(axes, x, w, product) if alike else None

    def __call__(self, left: Any, right: Any, last: bool = True) -> Any:
        """With channels last, which torch has over two and three axes, or first."""
        import torch

        if (id(left), last) not in self.prepared:
            self.prepared[id(left), last] = self._prepare(left, right, last)
        strides, dilations, padding = ([a[i] for a in self.axes] for i in range(3))
        x, w, dy = self.prepared[id(left), last]
        args = (strides, padding, dilations, False, [0] * len(self.axes), self.x[-1] // self.w[-2])
        with torch.no_grad():
            if self.product == 0:
                return torch.ops.aten.convolution(x, w, None, *args)
            wanted = [self.product == 1, self.product == 2, False]
            backward = torch.ops.aten.convolution_backward
            return backward(dy, x, w, None, *args, wanted)[self.product - 1]

    def _prepare(self, left: Any, right: Any, last: bool) -> tuple[Any, Any, Any]:
        """Operands in torch's order of axes, laid out before the clock runs."""
        import torch

        x = left if self.product != 1 else torch.zeros(self.x)
        w = right if self.product != 2 else torch.zeros(self.w)
        dy = (x, left, right)[self.product]
        rank = len(self.axes)
        layout = torch.contiguous_format
        if last:
            layout = torch.channels_last if rank == 2 else torch.channels_last_3d
        w = w.permute(rank + 1, rank, *range(rank))
        x, dy = (t.permute(0, rank + 1, *range(1, rank + 1)) for t in (x, dy))
        return tuple(t.contiguous(memory_format=layout) for t in (x, w, dy))


def output_of(x: Shape, w: Shape, axes: Axes) -> Shape:
    sizes = (_positions(n, k, a) for n, k, a in zip(x[1:-1], w, axes, strict=False))
    return (x[0], *sizes, w[-1])


def _taps(padded: Array, w: Shape, y: Shape, axes: Axes) -> Iterator[tuple[Shape, Array]]:
    """Every tap with the positions of padded x under it."""
    for tap in itertools.product(*map(range, w[:-2])):
        cuts = [
            slice(t * a[1], t * a[1] + (n - 1) * a[0] + 1, a[0])
            for t, a, n in zip(tap, axes, y[1:-1], strict=True)
        ]
        yield tap, padded[(slice(None), *cuts)]


def _pad(x: Array, axes: Axes) -> Array:
    return np.pad(x, [(0, 0), *((a[2], a[3]) for a in axes), (0, 0)])


def _groups(x: Shape, w: Shape) -> Iterator[tuple[slice, slice]]:
    """Channels and outputs of each group."""
    count = x[-1] // w[-2]
    outputs = w[-1] // count
    for g in range(count):
        yield slice(g * w[-2], (g + 1) * w[-2]), slice(g * outputs, (g + 1) * outputs)


def forward(x: Array, w: Array, axes: Axes) -> Array:
    y = np.zeros(output_of(x.shape, w.shape, axes))
    for tap, patch in _taps(_pad(x, axes), w.shape, y.shape, axes):
        for channels, outputs in _groups(x.shape, w.shape):
            y[..., outputs] += patch[..., channels] @ w[tap][:, outputs]
    return y


def input_gradient(dy: Array, w: Array, shape: Shape, axes: Axes) -> Array:
    padded = _pad(np.zeros(shape), axes)
    for tap, patch in _taps(padded, w.shape, dy.shape, axes):
        for channels, outputs in _groups(shape, w.shape):
            patch[..., channels] += dy[..., outputs] @ w[tap][:, outputs].T
    inner = [slice(a[2], a[2] + n) for a, n in zip(axes, shape[1:-1], strict=True)]
    return padded[(slice(None), *inner)]


def filter_gradient(x: Array, dy: Array, shape: Shape, axes: Axes) -> Array:
    dw = np.zeros(shape)
    for tap, patch in _taps(_pad(x, axes), shape, dy.shape, axes):
        for channels, outputs in _groups(x.shape, shape):
            rows = patch[..., channels].reshape(-1, shape[-2])
            dw[tap][:, outputs] = rows.T @ dy[..., outputs].reshape(len(rows), -1)
    return dw
