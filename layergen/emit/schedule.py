"""Order a backward: what several gradients share first, each behind the question who wants it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from layergen.ir.gradients import Gradients
from layergen.ir.graph import Graph

__all__ = ["Block", "blocks", "computed", "use_counts"]


@dataclass(frozen=True, slots=True)
class Block:
    """Operations that the same gradients need.

    Attributes:
        owners: positions of the arguments whose gradients need them.
        nodes: in the order of computation.
    """

    owners: tuple[int, ...]
    nodes: tuple[int, ...]


def blocks(gradients: Gradients, known: Iterable[int]) -> list[Block]:
    """Group the operations of a backward by who needs them, the widest groups first.

    What uses a value needs no more gradients than the value does, so this is an order of
    computation, too.
    """
    at_hand = set(known)
    owners: dict[int, set[int]] = {}
    for position, root in enumerate(gradients.gradients):
        if root is not None:
            for node in computed(gradients.graph, [root], at_hand):
                owners.setdefault(node, set()).add(position)
    groups: dict[tuple[int, ...], list[int]] = {}
    for node in sorted(owners):
        groups.setdefault(tuple(sorted(owners[node])), []).append(node)
    order = sorted(groups, key=lambda each: (-len(each), each))
    return [Block(each, tuple(groups[each])) for each in order]


def computed(graph: Graph, roots: Iterable[int], known: Iterable[int]) -> list[int]:
    """List what must be computed for some values, from those at hand."""
    stop = set(known)
    waiting, seen = [each for each in roots if each not in stop], set[int]()
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            waiting += [each for each in graph[index].operands if each not in stop]
    return sorted(seen)


def use_counts(
    graph: Graph, nodes: Iterable[int], roots: Iterable[int]
) -> Counter[int]:
    """Count how often each value is used by some nodes, or is asked for."""
    counts = Counter(roots)
    for index in nodes:
        counts.update(graph[index].operands)
    return counts
