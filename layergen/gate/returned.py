"""What a Function's own backward returned, before autograd mends it.

Autograd sums a gradient that is too large to its argument's shape, casts it to the argument's
dtype, and drops one that nobody asked for: none of that shows from outside.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.autograd.function import BackwardCFunction

from layergen.autodiff.refusal import Reason

__all__ = ["Fault", "watched"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A gradient that autograd had to mend.

    Attributes:
        argument: its position among the arguments; None where it is not known.
    """

    reason: Reason
    argument: int | None
    text: str


@contextmanager
def watched(outputs: Sequence[Any], args: Sequence[Any]) -> Iterator[list[Fault]]:
    """Watch the backwards behind the outputs; the list fills while they run."""
    found: list[Fault] = []
    handles = []
    for node in functions_behind(outputs):

        def look(_: Any, cotangents: Sequence[Any], node: Any = node) -> None:
            found.extend(faults(node, cotangents, args))

        handles.append(node.register_hook(look))
    try:
        yield found
    finally:
        for handle in handles:  # a hook and its node hold on to each other
            handle.remove()


def functions_behind(outputs: Sequence[Any]) -> Iterator[Any]:
    """Find the graph's nodes whose backward is written in Python."""
    rest: list[Any] = [each.grad_fn for each in outputs if isinstance(each, Tensor)]
    seen: set[Any] = {None}
    while rest:
        node = rest.pop()
        if node not in seen:
            seen.add(node)
            rest += [below for below, _ in node.next_functions]
            if isinstance(node, BackwardCFunction):
                yield node


def faults(
    node: Any, cotangents: Sequence[Any], args: Sequence[Any]
) -> Iterator[Fault]:
    """Run a backward again by itself, and judge what it returns."""
    try:
        returned = node.apply(*cotangents)
    except Exception:
        return  # it counts on zeros where the hook was handed None; autograd's run went well
    returned = returned if isinstance(returned, tuple) else (returned,)
    below = iter([edge for edge, _ in node.next_functions if edge is not None])
    for at, (gradient, wanted) in enumerate(
        zip(returned, node.needs_input_grad, strict=False)
    ):
        leaf = getattr(next(below), "variable", None) if wanted else None
        if gradient is not None and not wanted:
            position = at if len(node.needs_input_grad) == len(args) else None
            text = "computed, though nobody asked for it"
            yield Fault(Reason.FAILED_SUBSET, position, text)
        elif gradient is not None and leaf is not None:
            yield from mended(gradient, leaf, position_of(leaf, args))


def mended(gradient: Tensor, leaf: Tensor, position: int | None) -> Iterator[Fault]:
    """Find in what a gradient is unlike its argument."""
    if gradient.shape != leaf.shape:
        text = f"of shape {tuple(gradient.shape)}, where the argument has {tuple(leaf.shape)}"
        yield Fault(Reason.FAILED_GRADIENTS, position, text)
    if gradient.dtype != leaf.dtype:
        text = f"in {gradient.dtype}, where the argument is in {leaf.dtype}"
        yield Fault(Reason.FAILED_DTYPES, position, text)


def position_of(leaf: Tensor, args: Sequence[Any]) -> int | None:
    """Find an argument by identity."""
    return next((at for at, each in enumerate(args) if each is leaf), None)
