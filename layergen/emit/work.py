"""Which gradients cost work of their own, that leaving them out would save."""

from collections.abc import Mapping

from layergen.emit.schedule import blocks
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Kind, Node
from layergen.ir.trial import Trial

__all__ = ["with_own_work"]

MATCHING = ("sum_to_size", "to")  # do nothing to what has the shape or dtype already


def with_own_work(trial: Trial, names: list[str]) -> tuple[str, ...]:
    """List the arguments whose gradients are computed by operations of their own.

    Of `x + y` none is: both gradients are the incoming one.

    Args:
        trial: of the forward.
        names: of its arguments.
    """
    if not trial.derived:
        return trial.differentiable  # a stub runs the forward for each
    shown = dict(trial.examples[0].values)
    full = next(each for each in trial.derived if holds(each, shown))
    known = {
        *full.saved,
        *full.arguments,
        *(at for at in (*full.cotangents, *full.ways_back) if at is not None),
    }
    owners = [
        block.owners
        for block in blocks(full, known)
        if any(is_work(full, full.graph[index]) for index in block.nodes)
    ]
    return tuple(name for at, name in enumerate(names) if (at,) in owners)


def holds(gradients: Gradients, shown: Mapping[str, object]) -> bool:
    """Tell whether a derivation holds for the flags of an example in which every tensor is."""
    return all(shown.get(name, True) == value for name, value in gradients.setting)


def is_work(gradients: Gradients, node: Node) -> bool:
    """Tell whether an operation runs at all, at the first of the tests' cases."""
    if node.kind is not Kind.CALL:
        return False
    inputs = [gradients.graph[index] for index in node.operands]
    return node.op not in MATCHING or all(
        (each.shape, each.dtype) != (node.shape, node.dtype) for each in inputs
    )
