"""Check the shapes that a derivation holds for, where it does not hold for all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from layergen.emit import words
from layergen.emit.at_hand import AtHand
from layergen.emit.letters import lettered
from layergen.emit.names import Names
from layergen.emit.views import CheckView
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Arithmetic, Node, Number, Size
from layergen.ir.trial import Pinned

__all__ = ["shape_check"]

NO_LEADS: Mapping[str, int] = MappingProxyType({})


def shape_check(
    name: str,
    gradients: Gradients,
    pinned: Pinned,
    any_lead: Mapping[str, int] = NO_LEADS,
    optional: Collection[str] = (),
) -> CheckView | None:
    """Refuse tensors of other ranks, or that broadcast otherwise, where that can be.

    Args:
        name: of the function, for the message.
        gradients: whose arguments' shapes are those that hold.
        pinned: what of them is checked.
        any_lead: how many dimensions follow "...", by the name of the argument.
        optional: arguments that may be None.
    """
    if pinned is Pinned.SCALARS:
        return scalar_check(name, gradients, optional)
    graph = gradients.graph
    shapes = {graph[index].hint: graph[index].shape for index in gradients.arguments}
    letters: dict[Number, str] = {}
    told = []
    for argument, shape in shapes.items():
        kept = any_lead.get(argument, len(shape))
        sizes = [lettered(size, letters) for size in shape[len(shape) - kept :]]
        leads = ["*"] if argument in any_lead else []
        told.append(f"{argument} {words.tuple_text([*leads, *sizes])}")
    ranks = pinned is Pinned.RANKS
    asked = " or ".join(
        unless_none(argument, found) if argument in optional else " or ".join(found)
        for argument, found in conditions(gradients, ranks, any_lead, optional)
        if found
    )
    if not asked:
        return None
    message = f"{name} has its gradient for the shapes {words.joined(told)}"
    return CheckView(asked, f'"{message}"')


def scalar_check(
    name: str,
    gradients: Gradients,
    optional: Collection[str],
) -> CheckView | None:
    """Refuse tensors without dimensions: one that is reduced along a dimension has some."""
    graph = gradients.graph
    found = [graph[index].hint for index in gradients.arguments if graph[index].shape]
    asked = " or ".join(
        unless_none(each, [check]) if each in optional else check
        for each, check in ((each, f"{each}.dim() == 0") for each in found)
    )
    if not asked:
        return None
    message = f"{name} has its gradient for tensors of one dimension or more"
    return CheckView(asked, words.quoted(message))


def conditions(
    gradients: Gradients,
    ranks: bool,
    any_lead: Mapping[str, int],
    optional: Collection[str],
) -> Iterator[tuple[str, list[str]]]:
    """Ask of each argument for each thing that must not be otherwise.

    What may be None is asked, and nothing is read off it.
    """
    graph = gradients.graph
    scope = AtHand(graph, Names(()), {}, from_end=gradients.any_lead)
    checked = [
        graph[index]
        for index in gradients.arguments
        if graph[index].hint not in any_lead
    ]
    for index in gradients.arguments:
        if graph[index] in checked:
            yield graph[index].hint, list(asked_of(graph[index], scope, ranks))
        if graph[index].hint not in optional:
            scope.known[index] = graph[index].hint
    for node in checked:
        yield node.hint, list(computed_sizes(node, scope))


def computed_sizes(node: Node, scope: AtHand) -> Iterator[str]:
    """Ask for each size that others make, as one that is the product of two."""
    for dim, size in enumerate(node.shape):
        if not isinstance(size, Arithmetic) or len(size.operands) != 2:
            continue
        if all(is_known(scope, each) for each in sizes_in(size)):
            made = scope.numbers.infix(size.op, size.operands)
            yield f"{node.hint}.shape[{scope.place(dim, len(node.shape))}] != {made}"


def unless_none(argument: str, found: Sequence[str]) -> str:
    """Ask only where the argument is there."""
    asked = found[0] if len(found) == 1 else f"({' or '.join(found)})"
    return f"({argument} is not None and {asked})"


def asked_of(node: Node, scope: AtHand, ranks: bool) -> Iterator[str]:
    """Ask for each thing of one argument that must not be otherwise."""
    rank = len(node.shape)
    whole = whole_shape(scope, node)
    if ranks and not (whole and ":" not in whole):
        yield f"{node.hint}.dim() != {rank}"
    if whole:
        yield f"{node.hint}.shape != {whole}"
        return
    for dim, size in enumerate(node.shape):
        own = f"{node.hint}.shape[{scope.place(dim, rank)}]"
        if isinstance(size, int):
            yield f"{own} != {size}"
        elif isinstance(size, Size) and is_known(scope, size):
            yield f"{own} != {scope.numbers.text(size, 9)}"


def whole_shape(scope: AtHand, node: Node) -> str:
    """Name the shape that a tensor shares with one before it, or with its last dimensions."""
    rank = len(node.shape)
    for index, name in scope.known.items():
        shape = scope.graph[index].shape
        if rank and node.shape == shape:
            return f"{name}.shape"
        if rank and node.shape == shape[-rank:]:
            return f"{name}.shape[-{rank}:]"
    return ""


def is_known(scope: AtHand, size: Number) -> bool:
    """Tell whether a tensor before this one has the size."""
    return any(size in scope.graph[index].shape for index in scope.known)


def sizes_in(number: Number) -> Iterator[Size]:
    """List the free sizes that a number is made of."""
    if isinstance(number, Size):
        yield number
    if isinstance(number, Arithmetic):
        for operand in number.operands:
            yield from sizes_in(operand)
