"""Compare what was derived at two sets of sizes: it must be one formula."""

from dataclasses import replace
from typing import Any

from layergen.ir.graph import Graph, Node, ShapeOf, Value

__all__ = ["graph_difference", "without_shapes"]


def graph_difference(one: Graph, other: Graph) -> str:
    """Spell the first operation that differs, as it is in both; "" where none does."""
    for mine, theirs in zip(one.nodes, other.nodes, strict=False):
        if mine != theirs:
            return f"{spelled(one, mine)}, and {spelled(other, theirs)}"
    if len(one.nodes) == len(other.nodes):
        return ""
    longer = max(one, other, key=lambda each: len(each.nodes))
    return spelled(longer, longer[min(len(one.nodes), len(other.nodes))])


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
