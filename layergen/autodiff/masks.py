"""Write the masks of a backward in their shortest form.

relu(z) > 0                 ->  z > 0        where backward would compute the relu again
where(mask, grad / n, 0)    ->  grad / n * mask
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from layergen.ir.graph import Graph, Kind, Node, Phase, Syntax, Value

__all__ = ["with_short_masks"]

# What leaves an incoming gradient finite, if it is: numbers and shapes have no zero or infinity.
LINEAR = frozenset({"div", "expand", "mul", "neg", "reshape", "to", "unsqueeze"})


def with_short_masks(graph: Graph, kept: Collection[int]) -> Graph:
    """Shorten the masks.

    Args:
        graph: forward and backward.
        kept: nodes whose values backward has at hand.
    """
    return Graph(
        tuple(as_product(shortened(each, graph, kept), graph) for each in graph.nodes)
    )


def shortened(node: Node, graph: Graph, kept: Collection[int]) -> Node:
    """Compare what was rectified, in place of what relu made of it."""
    if node.op != "gt" or node.phase is Phase.FORWARD or node.args[1:] != (0,):
        return node
    source = graph[node.args[0].node]
    if source.op != "relu" or source.index in kept or source.phase is Phase.BACKWARD:
        return node
    return replace(node, args=(Value(source.operands[0]), 0))


def as_product(node: Node, graph: Graph) -> Node:
    """Multiply by a mask what is one incoming gradient for many elements.

    torch.where stays where an infinite gradient may meet a mask: 0 * inf is no number.
    """
    if node.op != "where" or node.phase is Phase.FORWARD or node.kwargs:
        return node
    mask, grad, other = node.args
    is_mask = isinstance(mask, Value) and graph[mask.node].dtype == "bool"
    if not is_mask or not is_zero(other) or not isinstance(grad, Value):
        return node
    own = graph[grad.node]
    if (
        own.shape == node.shape
        or own.dtype != node.dtype
        or not is_incoming(own, graph)
    ):
        return node
    return replace(
        node, op="mul", name="mul", syntax=Syntax.OPERATOR, args=(grad, mask)
    )


def is_incoming(node: Node, graph: Graph) -> bool:
    """Tell whether a value is an incoming gradient, but for numbers and its shape."""
    if node.kind is Kind.COTANGENT:
        return True
    if node.op not in LINEAR or node.phase is Phase.FORWARD:
        return False
    return len(node.operands) == 1 and is_incoming(graph[node.operands[0]], graph)


def is_zero(found: Any) -> bool:
    """Tell whether a literal 0 stands here."""
    return isinstance(found, int | float) and found == 0
