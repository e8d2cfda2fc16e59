"""Where backward adds the incoming gradients of what was kept: grad_d = grad_d + grad_out * 2."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from layergen.emit.schedule import computed
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Graph, Kind, Node, Syntax, Value

__all__ = ["first_derivative", "sums"]


def sums(gradients: Gradients) -> dict[int, tuple[int, ...]]:
    """List the sums that each such gradient goes into, until the gradient is complete.

    Each is the only user of the one before, and so all may bear the name of what came in.
    """
    roots = [each for each in gradients.gradients if each is not None]
    users: dict[int, list[int]] = {}
    for index in computed(gradients.graph, roots, ()):
        for each in gradients.graph[index].operands:
            users.setdefault(each, []).append(index)
    ways_back = [each for each in gradients.ways_back if each is not None]
    found = {each: tuple(chain(each, gradients.graph, users)) for each in ways_back}
    return {each: chain for each, chain in found.items() if chain}


def chain(
    index: int, graph: Graph, users: Mapping[int, Sequence[int]]
) -> Iterator[int]:
    """Follow a value from sum to sum; what is complete has a name."""
    own = users.get(index, ())
    while len(own) == 1 and is_sum(graph[own[0]], graph[index]):
        (index,) = own
        yield index
        if graph[index].hint or graph[index].gradient_of:
            return
        own = users.get(index, ())


def is_sum(node: Node, summand: Node) -> bool:
    """Tell whether a node adds something to a value of its own shape."""
    if node.op not in ("add", "sub") or node.kwargs or len(node.args) != 2:
        return False
    first, second = node.args
    own = Value(summand.index)
    other = second if first == own else first
    added = first == own or node.op == "add"
    return added and isinstance(other, Value) and node.shape == summand.shape


def first_derivative(gradients: Gradients, graph: Graph) -> Graph | None:
    """Leave these gradients out, which are zero there; None where they don't just go into sums."""
    found = sums(gradients)
    if len(found) < len([each for each in gradients.ways_back if each is not None]):
        return None
    nodes = list(graph.nodes)
    for way_back, (first, *_) in found.items():
        nodes[first] = without(nodes[first], way_back, nodes)
    return Graph(tuple(nodes))


def without(node: Node, summand: int, nodes: Sequence[Node]) -> Node:
    """Take one summand out of two."""
    (other,) = (each for each in node.args if each != Value(summand))
    if node.op == "sub":
        return replace(node, op="neg", name="neg", args=(other,))
    rest: Node = nodes[other.node]
    if rest.kind is not Kind.CALL:
        op = "contiguous"  # the value itself
        return replace(node, op=op, name=op, syntax=Syntax.METHOD, args=(other,))
    return replace(rest, index=node.index, hint=node.hint, gradient_of=node.gradient_of)
