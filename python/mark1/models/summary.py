"""Tables of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mark1.layers.layer import Layer

_HEAD = ["Layer (type)", "Output Shape", "Param #"]
_CONNECTED = "Connected to"


def print_summary(
    model: Any,
    line_length: int | None = None,
    print_fn: Callable[[str], object] | None = None,
    show_trainable: bool = False,
) -> None:
    """Print a table with rich, or give plain text to print_fn."""
    head, rows = [*_HEAD], layer_rows(model)
    graph = getattr(model, "_graph", None)
    if graph is not None and not graph.is_chain:
        head.append(_CONNECTED)
        for row, operation in zip(rows, graph.operations, strict=True):
            row.append(", ".join(graph.sources(operation)) or "-")
    if show_trainable:
        head.append("Trainable")
        operations = model.layers if graph is None else graph.operations
        for row, layer in zip(rows, operations, strict=True):
            row.append("Y" if getattr(layer, "trainable", False) else "N")
    title = f'Model: "{model.name}"'
    if print_fn is not None:
        print_fn("\n".join([title, plain_table(head, rows, line_length), *totals(model)]))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(width=line_length, highlight=False)
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in head:
        table.add_column(name, justify="right" if name == "Param #" else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for line in totals(model):
        console.print(line)


def layer_rows(model: Any) -> list[list[str]]:
    """Return name and type, output shape and number of parameters of every layer."""
    graph = getattr(model, "_graph", None)
    if graph is not None:
        return [_operation_row(operation, graph) for operation in graph.operations]
    shape = model._build_shape if model.built else None
    chain = hasattr(model, "_layers")
    rows = []
    for layer in model.layers:
        text = "?"
        if chain and shape is not None:
            shape = layer.compute_output_shape(shape)
            text = str(shape)
        elif not chain and layer.built and layer._build_shape is not None:
            text = str(layer.compute_output_shape(layer._build_shape))
        count = f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"
        rows.append([f"{layer.name} ({type(layer).__name__})", text, count])
    return rows


def _operation_row(operation: Any, graph: Any) -> list[str]:
    """Return the row of a layer or another operation of a functional model."""
    shapes = [str(x.shape) for x in graph.nodes_of(operation)[0].outputs]
    is_layer = isinstance(operation, Layer)
    kind = type(operation).__name__ if is_layer else operation.function.__name__
    count = f"{operation.count_params():,}" if is_layer else "0"
    return [f"{operation.name} ({kind})", ", ".join(shapes), count]


def totals(model: Any) -> list[str]:
    """Return the lines below the table."""
    trainable = sum(w.size for w in model.trainable_variables)
    total = sum(w.size for w in model.weights)
    size = sum(w.size * (8 if w.dtype in ("float64", "int64") else 4) for w in model.weights)
    return [
        f"Total params: {total:,} ({_bytes(size)})",
        f"Trainable params: {trainable:,}",
        f"Non-trainable params: {total - trainable:,}",
    ]


def plain_table(head: list[str], rows: list[list[str]], width: int | None = None) -> str:
    """Return an ASCII table.

    >>> print(plain_table(["a", "b"], [["1", "22"]]))
    a  b
    -----
    1  22
    """
    columns = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    if width is not None:
        columns[0] += max(0, width - sum(columns) - 2 * (len(columns) - 1))
    lines = ["  ".join(c.ljust(n) for c, n in zip(r, columns, strict=True)).rstrip() for r in rows]
    top = "  ".join(c.ljust(n) for c, n in zip(head, columns, strict=True)).rstrip()
    return "\n".join([top, "-" * (sum(columns) + 2 * (len(columns) - 1)), *lines])


def _bytes(size: int) -> str:
    """Return a size in the largest unit that leaves a whole part.

    >>> _bytes(407080)
    '397.54 KB'
    """
    value = float(size)
    for unit in ("B", "KB", "MB"):
        if value < 1024:
            return f"{value:.2f} {unit}"
        value /= 1024
    return f"{value:.2f} GB"
