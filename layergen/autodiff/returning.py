"""Choose what forward returns for backward with a gradient of its own: `difference` of (x - y)**2.

What is kept as a constant must be computed again from the inputs for a second derivative, and so
they are kept, too. What has an incoming gradient, as an output has, carries its own way back.
"""

import math
from collections.abc import Collection, Iterable

from layergen.autodiff.liveness import is_floating, live_entries
from layergen.autodiff.reaching import used_by_backward, with_constants_drawn
from layergen.autodiff.saving import TOLERATED, Uncuttable, cheapest
from layergen.autodiff.sharing import may_be_a_view
from layergen.autodiff.sweep import Sweep
from layergen.autodiff.trace import Trace
from layergen.autodiff.weighing import bytes_of
from layergen.ir.gradients import Gradients
from layergen.ir.graph import FLOATING, Graph, Kind, Node
from layergen.spec.model import Recompute

__all__ = ["keeps_far_less", "returnable", "returned_values"]

JUST_LESS = 0.99  # of its weight: an input is kept rather than a value as large


def returnable(trace: Trace, sweep: Sweep) -> frozenset[int]:
    """List the entries of the forward that may be outputs of their own.

    A gradient that comes in there goes the way that the first derivative's goes, and to every
    argument that the value varies with; a second derivative would miss the others.
    """
    forward = trace.tape.entries[: sweep.length]
    others = [
        each
        for each in trace.arguments
        if each and is_floating(each.result) and each.index not in sweep.gradients
    ]
    of_others = live_entries(forward, others)
    own = {each.index for each in trace.results}
    return frozenset(
        each.index
        for each in forward
        if each.index in sweep.reached - of_others - own
        and each.kind is not Kind.ARGUMENT
        and is_floating(each.result)
        and not may_be_a_view(trace.tape, each)
    )


def returned_values(
    graph: Graph,
    gradients: Iterable[int],
    outputs: Iterable[int],
    recompute: Recompute,
    may: Collection[int],
) -> tuple[int, ...]:
    """List the forward's values that backward starts from, where inputs weigh what they are.

    Args:
        graph: forward and backward.
        gradients: nodes that backward returns.
        outputs: nodes that forward returns anyway.
        recompute: what may be computed again.
        may: nodes that forward may return with a gradient of their own.

    Returns:
        Nodes, inputs among them; none where others would have to be returned.
    """
    graph = with_constants_drawn(graph)
    used = used_by_backward(graph, gradients)
    own = frozenset(outputs)

    def weigh(node: Node) -> float:
        if node.kind is Kind.ARGUMENT or node.index in own:
            return JUST_LESS * bytes_of(node)
        fixed = node.random or node.dtype not in FLOATING
        return bytes_of(node) if fixed or node.index in may else math.inf

    def weight(graph: Graph, chosen: Iterable[int]) -> float:
        return sum(weigh(graph[at]) for at in chosen)

    chosen = tuple(sorted(used))
    if recompute is not Recompute.NONE:
        try:
            chosen = cheapest(graph, used, recompute, weigh, weight)
        except Uncuttable:
            return ()
    return chosen if weight(graph, chosen) < math.inf else ()


def keeps_far_less(found: Gradients, plain: Gradients) -> bool:
    """Tell whether a derivation keeps so many fewer bytes that it is worth more outputs.

    Args:
        found: with ways back for what it keeps.
        plain: without; what it keeps may be rebuilt from all arguments.
    """
    behind = plain.arguments if plain.rebuilds else ()
    ours = sum(bytes_of(found.graph[at]) for at in found.saved)
    theirs = sum(bytes_of(plain.graph[at]) for at in {*plain.saved, *behind})
    return TOLERATED * ours <= theirs
