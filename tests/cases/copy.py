"""transpose, swapaxes, moveaxis and broadcast_to: nothing but moved elements."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input


def _transpose(shape: tuple[int, ...], axes: tuple[int, ...] | None = None) -> Case:
    size = int(np.prod(shape))
    return Case(
        op="copy",
        function="transpose",
        name="reversed" if axes is None else "".join(map(str, axes)),
        define=lambda x, axes=None: np.transpose(x, axes),
        inputs=(Input(shape),),
        attributes={"axes": axes},
        bytes=8.0 * size,
        numpy_call=lambda x, axes, out: np.copyto(out, np.transpose(x, axes)),
        torch_call=lambda x: x.permute(axes or tuple(range(x.ndim))[::-1]).contiguous(),
    )


def _broadcast_to(shape: tuple[int, ...], target: tuple[int, ...]) -> Case:
    return Case(
        op="copy",
        function="broadcast_to",
        name="x".join(map(str, target)),
        define=lambda x, shape: np.broadcast_to(x, shape),
        inputs=(Input(shape),),
        attributes={"shape": target},
        length=1,
        bytes=4.0 * float(np.prod(target)),
        numpy_call=lambda x, shape, out: np.copyto(out, x),
    )


def _axes(function: str, shape: tuple[int, ...], *axes: object) -> Case:
    return Case(
        op="copy",
        function=function,
        name="-".join(map(str, axes)).replace(" ", ""),
        define=lambda x, *_: getattr(np, function)(x, *axes),
        inputs=(Input(shape),),
        call=lambda x: getattr(__import__("mark1").ops, function)(x, *axes),
    )


CASES = [
    _transpose((5, 7)),
    _transpose((1, 33)),
    _transpose((33, 17)),
    _transpose((131, 67)),
    _transpose((0, 3)),
    _transpose(()),
    _transpose((3, 4, 5), (0, 2, 1)),
    _transpose((3, 4, 5), (1, 0, 2)),
    _transpose((3, 4, 5), (2, 0, 1)),
    _transpose((3, 4, 5), (0, 1, 2)),
    _transpose((2, 3, 4, 5), (3, 1, 0, 2)),
    _transpose((2, 17, 1, 19), (0, 3, 2, 1)),
    _transpose((7, 5, 3, 20), (2, 0, 1, 3)),
    _transpose((301, 300)),
    _axes("swapaxes", (3, 4, 5), 0, -1),
    _axes("swapaxes", (3, 4, 5), 1, 1),
    _axes("moveaxis", (3, 4, 5), 0, -1),
    _axes("moveaxis", (3, 4, 5), -1, 0),
    _axes("moveaxis", (2, 3, 4, 5), (0, 2), (-1, 0)),
    _broadcast_to((), (3, 4)),
    _broadcast_to((4,), (3, 4)),
    _broadcast_to((3, 1), (3, 4)),
    _broadcast_to((3, 1), (2, 3, 67)),
    _broadcast_to((2, 1, 5), (2, 3, 5)),
    _broadcast_to((1, 5), (0, 5)),
    _broadcast_to((300, 1), (300, 301)),
]

BENCHMARKS = [
    _transpose((128, 128)),
    _transpose((4096, 4096)),
    _transpose((32, 56, 56, 64), (0, 3, 1, 2)),
    _broadcast_to((4096,), (4096, 4096)),
    _broadcast_to((4096, 1), (4096, 4096)),
]
