"""Which values others are computed from, and which of them backward takes."""

from collections.abc import Iterable
from dataclasses import replace

from layergen.ir.graph import FLOATING, Graph, Kind, Phase

__all__ = ["reach", "used_by_backward", "with_constants_drawn"]


def with_constants_drawn(graph: Graph) -> Graph:
    """See what was computed under torch.no_grad() as random: it is kept, and never redone.

    Computed again from the inputs, in backward, it would have a gradient.
    """
    arguments = {node.index for node in graph.nodes if node.kind is Kind.ARGUMENT}
    used = {at for node in graph.nodes if not node.constant for at in node.operands}
    nodes = [
        (
            replace(node, random=True)
            if node.constant
            and node.index in used
            and node.dtype in FLOATING
            and arguments & reach(graph, [node.index])
            else node
        )
        for node in graph.nodes
    ]
    return Graph(tuple(nodes))


def used_by_backward(graph: Graph, gradients: Iterable[int]) -> set[int]:
    """Find the forward's values that the backward's own operations take."""
    used: set[int] = set()
    waiting, seen = list(gradients), set[int]()
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        node = graph[index]
        if node.phase is Phase.FORWARD:
            used.add(index)
        else:
            waiting += node.operands
    return used


def reach(graph: Graph, roots: Iterable[int], stop: Iterable[int] = ()) -> set[int]:
    """Find all that some nodes are computed from, up to where to stop."""
    stops = set(stop)
    waiting, seen = list(roots), set[int]()
    while waiting:
        index = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        if index not in stops:
            waiting += graph[index].operands
    return seen
