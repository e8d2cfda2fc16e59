"""The view of an autograd.Function whose backward was derived."""

from collections.abc import Iterator, Sequence

from layergen.emit import words
from layergen.emit.printed import Printed
from layergen.emit.printing import printed
from layergen.emit.settings import merged
from layergen.emit.splice import spliced
from layergen.emit.used import Used
from layergen.emit.views import BlockView, DerivedView
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Phase
from layergen.ir.narrowed import MULTIPLIES
from layergen.spec.model import Argument, ArgumentType, Forward

__all__ = ["derived_view"]


def derived_view(
    name: str,
    arguments: Sequence[Argument],
    forward: Forward,
    derived: Sequence[Gradients],
    stated: str,
) -> DerivedView:
    """Describe the Function of a forward; `derived` begins with the fullest setting of flags.

    The user's own statements are printed anew where these don't do.
    """
    each = [printed(name, arguments, one, (name, forward.name)) for one in derived]
    full = each[0]
    blocks, flags = merged(arguments, derived, each)
    used = Used(arguments, each, flags)
    body = own_text(forward, derived, full)
    names = [argument.name for argument in arguments]
    return DerivedView(
        name=name,
        summary=title(stated),
        formulas=full.formulas,
        signature=words.signature(arguments, plain=True),
        returns=words.returned(len(full.outputs)),
        body=body,
        setup=tuple(setup(arguments, full, used, derived)) or ("pass",),
        cotangent_signature=cotangents(full),
        unpacked=words.target(used.saved) if used.saved else "",
        scalars=used.scalars,
        no_gradients=" = ".join(no_gradients(names, full)),
        rebuilt=full.rebuilt,
        beside=beside(full),
        zero=zero(full),
        blocks=blocks,
        results=words.target(list(results(names, full))),
        arguments=words.joined(names),
        picked=picked(full, derived[0]),
        texts=(*texts(body, full, blocks), *(["torch"] * multiplies(derived))),
        autocasts=multiplies(derived),
    )


def title(what: str) -> str:
    """Say what the Function is."""
    return words.docstring(f"Differentiate {what} by the chain rule")


def no_gradients(names: Sequence[str], full: Printed) -> list[str]:
    """Name the gradients that are None unless they are wanted; one alone always is."""
    several = len(full.gradients) > 1
    return [f"grad_{names[at]}" for at in full.gradients] if several else []


def results(names: Sequence[str], full: Printed) -> Iterator[str]:
    """Print what backward returns."""
    for at, name in enumerate(names):
        yield f"grad_{name}" if at in full.gradients else "None"


def own_text(forward: Forward, derived: Sequence[Gradients], full: Printed) -> str:
    """Take the user's own statements, extended where that is enough; else print them."""
    if forward.body and not full.kept:
        return forward.body
    more = derived[0].returned_by if derived[0].single else ()
    return spliced(forward.body, more) or full.forward


def setup(
    arguments: Sequence[Argument],
    full: Printed,
    used: Used,
    derived: Sequence[Gradients],
) -> Iterator[str]:
    """Print setup_context."""
    wanted = {*used.saved, *used.scalars, *used.shapes}
    wanted |= {first_tensor(arguments)} if multiplies(derived) else set()
    names = [each.name if each.name in wanted else "_" for each in arguments]
    unpacked = []
    if any(name != "_" for name in names):
        unpacked.append(f"{words.target(names)} = inputs")
    if set(full.outputs) - {"_", "output"}:
        alone = derived[0].single and len(full.outputs) == 1
        target = full.outputs[0] if alone else words.target(full.outputs)
        # first, where an argument takes the name
        unpacked.insert(0 if "output" in names else 1, f"{target} = output")
    yield from unpacked
    if full.marked:
        yield f"ctx.mark_non_differentiable({words.joined(full.marked)})"
    if used.saved:
        yield f"ctx.save_for_backward({words.joined(used.saved)})"
    for name in used.scalars:
        yield f"ctx.{name} = {name}"
    if multiplies(derived):
        yield f"ctx.autocast = autocast_of({first_tensor(arguments)})"
    for name in used.shapes:
        yield f"ctx.{name}_shape = {shape_of(arguments, name)}"


def shape_of(arguments: Sequence[Argument], name: str) -> str:
    """Print the shape of an argument, which may be None."""
    optional = any(
        each.name == name and each.type is ArgumentType.OPTIONAL_TENSOR
        for each in arguments
    )
    return f"None if {name} is None else {name}.shape" if optional else f"{name}.shape"


def first_tensor(arguments: Sequence[Argument]) -> str:
    """Name an argument that is always there."""
    found = [each.name for each in arguments if each.type is ArgumentType.TENSOR]
    return found[0]


def multiplies(derived: Sequence[Gradients]) -> bool:
    """Tell whether a backward holds an operation that autocast brings to a narrow dtype."""
    return any(
        node.op in MULTIPLIES and node.phase is Phase.BACKWARD
        for each in derived
        for node in each.graph.nodes
    )


def cotangents(full: Printed) -> str:
    """Print backward's arguments; a constant that was kept has no gradient worth a name."""
    declared = [f"{each}: Tensor" for each in (*full.cotangents, *full.ways_back)]
    constants = len(full.kept) > len(full.ways_back)
    return words.joined([*declared, *(["*_: Tensor"] if constants else [])])


def beside(full: Printed) -> str:
    """Say in the docstring what forward returns for backward to differentiate through."""
    if not full.ways_back:
        return ""
    names = words.enumerated(full.kept[: len(full.ways_back)])
    told = (
        f"Forward also returns {names}, for backward; a second derivative goes through"
    )
    return words.docstring(f"{told} {'it' if len(full.ways_back) == 1 else 'them'}")


def zero(full: Printed) -> str:
    """Say in a comment what comes in for it."""
    if not full.ways_back:
        return ""
    are = "is" if len(full.ways_back) == 1 else "are"
    return (
        f"{words.enumerated(full.ways_back)} {are} zero, but for a second derivative."
    )


def picked(full: Printed, gradients: Gradients) -> str:
    """Print what takes the outputs out of all that forward returns."""
    if not full.kept:
        return ""
    return "[0]" if gradients.single else f"[:{len(gradients.outputs)}]"


def texts(body: str, full: Printed, blocks: Sequence[BlockView]) -> tuple[str, ...]:
    """List all statements, for the imports that they need."""
    lines = [line for block in blocks for line in block.lines]
    return (body, *full.rebuilt, *(["torch"] if full.rebuilt else []), *lines)
