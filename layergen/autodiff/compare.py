"""Compare what was derived at two sets of sizes: the first must be right at the second, too."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from layergen.autodiff.evaluate import computed, near
from layergen.ir.graph import (
    Arithmetic,
    Graph,
    Kind,
    Listed,
    Node,
    Number,
    Range,
    ShapeOf,
    Size,
    Value,
)

__all__ = ["graph_difference", "without_shapes"]

Sizes = Mapping[Size, int]


def graph_difference(one: Graph, other: Graph, args: Sequence[Any]) -> str:
    """Spell the first operation that differs, as it is in both; "" where none does.

    The first is what is printed: its numbers must be those of the second, and which tensors
    have one shape, as its shapes say, must be so in the second.

    Args:
        one: derived at some sizes.
        other: derived at other ones.
        args: of the other ones.
    """
    here, there = sizes_of(one, args), sizes_of(other, args)
    constants: dict[Number, Any] = {}
    for mine, theirs in zip(one.nodes, other.nodes, strict=False):
        own, found = evaluated(mine.shape, here), evaluated(theirs.shape, there)
        sizes = zip(mine.shape, own, found, strict=False)
        if not is_same(plain(mine, here), plain(theirs, there)) or not all(
            # a constant may stand for a size, as long as it is always for the same one
            near(constants.setdefault(size, at) if size == mine_at else mine_at, at)
            for size, mine_at, at in sizes
        ):
            return f"{spelled(one, mine)}, and {spelled(other, theirs)}"
    if len(one.nodes) == len(other.nodes):
        return ""
    longer = max(one, other, key=lambda each: len(each.nodes))
    return spelled(longer, longer[min(len(one.nodes), len(other.nodes))])


def sizes_of(graph: Graph, args: Sequence[Any]) -> Sizes:
    """Tell what the free sizes of a graph are for some arguments."""
    tensors = [each for each in args if isinstance(each, Tensor)]
    nodes = [each for each in graph.nodes if each.kind is Kind.ARGUMENT]
    return {
        size: found
        for node, tensor in zip(nodes, tensors, strict=True)
        for size, found in zip(node.shape, tensor.shape, strict=True)
        if isinstance(size, Size)
    }


def plain(node: Node, sizes: Sizes) -> tuple[Node, Any]:
    """Take the numbers out of a node, evaluated."""
    bare = replace(node, shape=(), args=(), kwargs=())
    return bare, evaluated((node.args, node.kwargs), sizes)


def evaluated(found: Any, sizes: Sizes) -> Any:
    """Evaluate the sizes in an argument."""
    match found:
        case Size():
            return sizes.get(found, found)
        case Arithmetic(op, operands):
            values = evaluated(operands, sizes)
            try:
                if all(isinstance(each, int | float) for each in values):
                    return computed(op, values)
            except ZeroDivisionError:
                return math.nan  # as the rows of nothing: equal to no size
            return Arithmetic(op, values)
        case tuple():
            return tuple(evaluated(each, sizes) for each in found)
        case Listed(items):
            return Listed(evaluated(items, sizes))
        case Range(start, stop, step):
            return Range(*evaluated((start, stop, step), sizes))
    return found


def is_same(one: Any, other: Any) -> bool:
    """Compare arguments; floats but for their rounding."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, float):
        return near(one, other)
    return type(one) is type(other) and bool(one == other)


def without_shapes(graph: Graph) -> Graph:
    """Leave out what depends on which dimension an integer means."""
    return Graph(tuple(replace(each, shape=()) for each in graph.nodes))


def spelled(graph: Graph, node: Node) -> str:
    """Spell an operation: "mul(x, 5) of shape (a, b)"."""
    args = [value(graph, each) for each in node.args]
    args += [f"{name}={value(graph, each)}" for name, each in node.kwargs]
    return f"{node.op}({', '.join(args)}) of shape {node.shape}"


def value(graph: Graph, found: Any) -> str:
    """Spell an argument: a value by its name."""
    match found:
        case Value(node):
            return graph[node].hint or graph[node].op
        case ShapeOf(of):
            return f"{value(graph, of)}.shape"
        case tuple():
            return f"({', '.join(value(graph, each) for each in found)})"
    return str(found)
