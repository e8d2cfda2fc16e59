"""Choose what forward keeps for backward: the cheapest cut between the two.

The rest is computed again. A cut's weights are bytes at one nominal size for every free
dimension, so the sizes of an example have no say in it.
"""

import math
from collections.abc import Callable, Iterable

from layergen.autodiff.reaching import reach, used_by_backward, with_constants_drawn
from layergen.autodiff.weighing import NOMINAL, bytes_of
from layergen.ir.graph import FLOATING, Graph, Kind, Node
from layergen.spec.model import Recompute

__all__ = ["TOLERATED", "Uncuttable", "cheapest", "kept_values", "reach"]

# Operations that cost far more than reading their operands: what they give is kept.
DEAR = frozenset(
    [
        "addbmm",
        "addmm",
        "addmv",
        "baddbmm",
        "bilinear",
        "bmm",
        "cdist",
        "conv1d",
        "conv2d",
        "conv3d",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "convolution",
        "cumprod",
        "cumsum",
        "dot",
        "einsum",
        "inverse",
        "kthvalue",
        "linear",
        "logcumsumexp",
        "logdet",
        "matmul",
        "median",
        "mm",
        "mode",
        "msort",
        "mv",
        "scaled_dot_product_attention",
        "sort",
        "tensordot",
        "topk",
        "chain_matmul",
        "cholesky",
        "det",
        "grid_sample",
        "interpolate",
        "unfold",
        "fold",
        "embedding_bag",
        "multi_head_attention_forward",
        "pinverse",
        "matrix_exp",
    ]
)
COSTLY = frozenset(["log_softmax", "softmax"])  # kept where that takes no more bytes
TOLERATED = 1.25  # times the bytes of what keeps least
DEAR_SPACES = ("linalg.", "fft.")
FREE = 0.1  # weight of a byte that lives on anyway: of an input or an output
SOURCE, SINK = "source", "sink"

Weigh = Callable[[Node], float]


class Uncuttable(Exception):
    """Something dear must be kept and may not be."""


def kept_values(
    graph: Graph,
    gradients: Iterable[int],
    outputs: Iterable[int],
    recompute: Recompute,
) -> tuple[int, ...]:
    """List the forward's values that backward starts from, inputs among them.

    Args:
        graph: forward and backward.
        gradients: nodes that backward returns.
        outputs: nodes that forward returns anyway.
        recompute: what may be computed again.
    """
    graph = with_constants_drawn(graph)
    used = used_by_backward(graph, gradients)
    if recompute is Recompute.NONE:
        chosen = tuple(sorted(used))
    else:
        own = frozenset(outputs)
        chosen = cheapest(
            graph,
            used,
            recompute,
            lambda node: weight(node, node.index in own, recompute),
            cost,
        )
    if recompute is Recompute.CHEAP:
        chosen = with_small_values(graph, used, chosen, outputs)
    # a second derivative computes what is kept again, from the same random numbers
    drawn = [at for at in reach(graph, chosen) if graph[at].random]
    return tuple(sorted({*chosen, *drawn}))


def with_small_values(
    graph: Graph, used: set[int], chosen: Iterable[int], outputs: Iterable[int]
) -> tuple[int, ...]:
    """Keep what is far smaller than what it would be computed from again.

    An output lives on anyway. Others have to be returned by forward, which is worth it where
    something else has to be as well.
    """
    known = {*chosen, *outputs}
    again = reach(graph, used, stop=chosen).difference(chosen)
    returns = any(
        graph[at].kind is not Kind.ARGUMENT for at in known.difference(outputs)
    )
    small = [at for at in (again if returns else outputs) if at in again]
    kept = {*chosen, *(at for at in small if is_reduction(graph, graph[at]))}
    return tuple(sorted(kept & reach(graph, used, stop=kept)))


def is_reduction(graph: Graph, node: Node) -> bool:
    """Tell whether a value is as much smaller than an operand as one free size makes it."""
    if node.kind is not Kind.CALL or node.dtype not in FLOATING:
        return False
    largest = max((bytes_of(graph[each]) for each in node.operands), default=0)
    return NOMINAL * bytes_of(node) <= largest < math.inf


def cheapest(
    graph: Graph,
    used: set[int],
    recompute: Recompute,
    weigh: Weigh,
    cost: Callable[[Graph, Iterable[int]], float],
) -> tuple[int, ...]:
    """Keep what is costly to compute, unless others keep far fewer bytes."""
    needed = reach(graph, used)
    sparing = cut(graph, needed, used, recompute, DEAR, weigh)
    if recompute is Recompute.ALL or COSTLY.isdisjoint(graph[at].op for at in needed):
        return sparing
    quick = cut(graph, needed, used, recompute, DEAR | COSTLY, weigh)
    return quick if cost(graph, quick) <= TOLERATED * cost(graph, sparing) else sparing


def cost(graph: Graph, chosen: Iterable[int]) -> float:
    """Weigh all that is saved, with the arguments that a second derivative needs for it."""
    kept = set(chosen)
    if any(graph[at].kind is not Kind.ARGUMENT for at in kept):
        kept |= {node.index for node in graph.nodes if node.kind is Kind.ARGUMENT}
    return sum(weight(graph[at], False, Recompute.CHEAP) for at in kept)


def cut(
    graph: Graph,
    needed: set[int],
    used: set[int],
    recompute: Recompute,
    dear: frozenset[str],
    weigh: Weigh,
) -> tuple[int, ...]:
    """Find the values of the least weight that part what is used from where it comes from."""
    import networkx

    flow = networkx.DiGraph()
    flow.add_nodes_from((SOURCE, SINK))
    for index in sorted(needed):
        node = graph[index]
        ends = ("in", index), ("out", index)
        flow.add_edge(*ends, capacity=weigh(node))
        if node.kind is Kind.ARGUMENT or not may_recompute(node, recompute, dear):
            flow.add_edge(SOURCE, ends[0])  # without a capacity: it can't be cut
        for operand in node.operands:
            flow.add_edge(("out", operand), ends[0])
        if index in used:
            flow.add_edge(ends[1], SINK)
    try:
        _, (near, _) = networkx.minimum_cut(flow, SOURCE, SINK)
    except networkx.NetworkXUnbounded as error:
        raise Uncuttable from error
    return tuple(
        index
        for index in sorted(needed)
        if ("in", index) in near and ("out", index) not in near
    )


def may_recompute(node: Node, recompute: Recompute, dear: frozenset[str]) -> bool:
    """Tell whether backward may compute a value again."""
    if node.random or node.changes_state:
        return False
    if recompute is Recompute.ALL:
        return True
    return node.op not in dear and not node.op.startswith(DEAR_SPACES)


def weight(node: Node, is_output: bool, recompute: Recompute) -> float:
    """Weigh a value in bytes; what lives on anyway weighs less."""
    size = bytes_of(node)
    if node.kind is Kind.ARGUMENT or is_output:
        return FREE * size if recompute is Recompute.CHEAP else 1e-6 * size
    return size
