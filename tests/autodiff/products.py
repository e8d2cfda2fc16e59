"""Graphs of a gradient's arithmetic, and how they are written once factored."""

from layergen.autodiff.factoring import factored
from layergen.ir.graph import Value
from tests.emit.graphs import (
    BACKWARD,
    COLUMNS,
    cotangent,
    graph,
    operator,
    scope,
    tensor,
)

G, X, Y, ROW = map(Value, range(4))  # the leaves of every graph here
LEAVES = (
    cotangent(),
    tensor("x"),
    tensor("y"),
    tensor("row", (COLUMNS,)),
)
NAMES = {0: "g", 1: "x", 2: "y", 3: "row"}


def back(op, *args, **fields):
    return operator(op, *args, phase=BACKWARD, **fields)


def written(*nodes, also=()):
    """Factor what follows the leaves, and print the last of it as one expression."""
    made = graph(*LEAVES, *nodes)
    last = len(made.nodes) - 1
    found, places = factored(made, [0, 1, 2, 3, *also, last])
    known = {places[at]: name for at, name in NAMES.items()}
    known |= {places[at]: f"value_{at}" for at in also}
    return scope(found, known).value(places[last])
