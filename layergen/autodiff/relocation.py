"""Move nodes about in a graph, so that each still refers to what it takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from layergen.ir.graph import Graph, Listed, Node, Range, ShapeOf, Value

__all__ = ["pruned", "relocated"]


def pruned(nodes: Sequence[Node], roots: Iterable[int]) -> tuple[Graph, dict[int, int]]:
    """Leave out what nobody needs; tell where each node went."""
    waiting, needed = list(roots), set[int]()
    while waiting:
        index = waiting.pop()
        if index not in needed:
            needed.add(index)
            waiting += nodes[index].inputs
    places = {index: at for at, index in enumerate(sorted(needed))}
    return Graph(tuple(relocated(nodes[index], places) for index in places)), places


def relocated(node: Node, places: Mapping[int, int]) -> Node:
    """Let a node refer to others where they are now."""
    return replace(
        node,
        index=places.get(node.index, node.index),
        args=elsewhere(node.args, places),
        kwargs=elsewhere(node.kwargs, places),
    )


def elsewhere(found: Any, places: Mapping[int, int]) -> Any:
    """Let an argument refer to nodes where they are now."""
    match found:
        case Value(node):
            return Value(places[node])
        case ShapeOf(of):
            return ShapeOf(elsewhere(of, places))
        case Listed(items):
            return Listed(elsewhere(items, places))
        case Range(start, stop, step):
            return Range(*(elsewhere(each, places) for each in (start, stop, step)))
        case tuple():
            return tuple(elsewhere(each, places) for each in found)
    return found
