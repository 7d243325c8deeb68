"""einsum: one and two operands, batches, sums, outer products, `...`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tests.cases.base import Case, Input

SIZES = {"a": 3, "b": 4, "c": 2, "d": 5, "h": 2, "i": 4, "j": 3, "k": 5, "l": 2, "m": 3, "q": 4}


def _einsum(subscripts: str, *shapes: tuple[int, ...]) -> Case:
    def call(*xs: Any) -> Any:
        import mark1

        return mark1.ops.einsum(subscripts, *xs)

    if not shapes:
        terms = subscripts.partition("->")[0].replace(" ", "").split(",")
        shapes = tuple(tuple(SIZES[c] for c in term) for term in terms)
    flat = set(re.sub(r"[^a-z]", "", subscripts))
    return Case(
        op="einsum",
        function="einsum",
        name=re.sub(r"[^a-z.]+", "_", subscripts),
        define=lambda *xs: np.einsum(subscripts, *xs),
        inputs=tuple(map(Input, shapes)),
        call=call,
        # Three operands round twice, and their terms are sums themselves.
        length=max(8, int(np.prod([SIZES.get(c, 4) for c in flat]))),
        ulps=0.5 * len(shapes),
        scale=lambda *xs: np.einsum(subscripts, *map(np.abs, xs)),
        # Whether sums of extremes overflow or cancel depends on their order.
        ranges=("normal", "zeros", "ties", "large"),
    )


CASES = [
    _einsum("ij->ji"),
    _einsum("ij"),
    _einsum("ji"),
    _einsum("ijk->kij"),
    _einsum("ij->i"),
    _einsum("ij->j"),
    _einsum("ij->"),
    _einsum("ijk->ki"),
    _einsum("i,i->"),
    _einsum("i,j->ij"),
    _einsum("i,j->ji"),
    _einsum("ij,ij->ij"),
    _einsum("ij,ji->ij"),
    _einsum("ij,j->ij"),
    _einsum("ij,j->i"),
    _einsum("i,ij->j"),
    _einsum("ij,jk->ik"),
    _einsum("ij,jk"),
    _einsum("ij,kj->ik"),
    _einsum("ji,jk->ik"),
    _einsum("ji,kj->ki"),
    _einsum("ij,jk->ki"),
    _einsum("ij,jk->"),
    _einsum("ij,kl->ijkl"),
    _einsum("aij,ajk->aik"),
    _einsum("aij,akj->aik"),
    _einsum("ija,jka->aki"),
    _einsum("abij,abjk->abik"),
    _einsum("bqhd,bkhd->bhqk"),
    _einsum("bhqk,bkhd->bqhd"),
    _einsum("abc,cd->abd"),
    _einsum("abc,bcd->ad"),
    _einsum("abc,dbc->da"),
    _einsum("ij,ij->"),
    _einsum("ij,ik->i"),
    _einsum("i j , j k -> i k"),
    _einsum("ij,jk,kl->il"),
    _einsum("i,j,k->kij"),
    _einsum("ij,j,jk->ik"),
    _einsum("...ij,...jk->...ik", (2, 3, 4), (2, 4, 5)),
    _einsum("...i,ij->...j", (2, 3, 4), (4, 5)),
    _einsum("i...->...", (4, 2, 3)),
    _einsum("...ij", (2, 3, 4)),
]
