"""The view of an autograd.Function whose backward was derived."""

from collections.abc import Iterable, Iterator, Sequence

from layergen.emit import words
from layergen.emit.printing import Printed, Statements, printed
from layergen.emit.splice import spliced
from layergen.emit.views import BlockView, DerivedView
from layergen.ir.gradients import Gradients
from layergen.spec.model import Argument, ArgumentType, Forward

__all__ = ["derived_view"]


def derived_view(
    name: str,
    arguments: Sequence[Argument],
    forward: Forward,
    derived: Sequence[Gradients],
    stated: str,
) -> DerivedView:
    """Describe the Function of a forward with a derived backward.

    Args:
        name: of the class.
        arguments: of the forward, in order.
        forward: the user's own statements; printed anew where more must be returned than
            they can, or where there are none.
        derived: what was derived, the fullest setting of flags first.
        stated: the equation, or "".
    """
    reserved = (name, forward.name)
    each = [printed(name, arguments, one, reserved) for one in derived]
    full = each[0]
    blocks, flags = merged(arguments, derived, each)
    body = own_text(forward, derived, full)
    names = [argument.name for argument in arguments]
    scalars = [one for one in names if any(one in text.scalars for text in each)]
    scalars += [
        one for one in flags if one not in scalars and is_scalar(arguments, one)
    ]
    saved = all_saved(
        names, each, [one for one in flags if not is_scalar(arguments, one)]
    )
    shapes = [
        one
        for one in names
        if any(one in text.shapes for text in each) and one not in saved
    ]
    gradients = [f"grad_{names[at]}" for at in full.gradients]
    return DerivedView(
        partial="_partials/function_derived.jinja",
        name=name,
        summary=words.docstring(
            f"Differentiate {stated or forward.name} by the chain rule"
        ),
        formulas=(),
        signature=words.signature(arguments, plain=True),
        returns=words.returned(len(full.outputs)),
        body=body,
        setup=tuple(setup(arguments, full, saved, scalars, shapes, derived[0].single)),
        cotangent_signature=cotangents(full),
        unpacked=words.target(saved) if saved else "",
        scalars=tuple(scalars),
        no_gradients=" = ".join(gradients) if len(gradients) > 1 else "",
        rebuilt=full.rebuilt,
        blocks=blocks,
        results=words.joined(
            f"grad_{one}" if at in full.gradients else "None"
            for at, one in enumerate(names)
        ),
        arguments=words.joined(names),
        picked=picked(full, derived[0]),
        texts=texts(body, full, blocks),
    )


def own_text(forward: Forward, derived: Sequence[Gradients], full: Printed) -> str:
    """Take the user's own statements, extended where that is enough; else print them."""
    if forward.body and not full.kept:
        return forward.body
    return spliced(forward.body, derived[0].returned_by) or full.forward


def all_saved(
    names: Sequence[str], each: Sequence[Printed], flags: Sequence[str]
) -> list[str]:
    """List what is saved at any setting: arguments in their order, then the rest."""
    wanted = {one for text in each for one in text.saved} | set(flags)
    rest = [one for text in each for one in text.saved if one not in names]
    return [*(one for one in names if one in wanted), *dict.fromkeys(rest)]


def is_scalar(arguments: Sequence[Argument], name: str) -> bool:
    """Tell whether an argument is no tensor."""
    return any(each.name == name and not each.type.is_tensor for each in arguments)


def setup(
    arguments: Sequence[Argument],
    full: Printed,
    saved: Sequence[str],
    scalars: Sequence[str],
    shapes: Sequence[str],
    single: bool,
) -> Iterator[str]:
    """Print setup_context."""
    used = {*saved, *scalars, *shapes}
    names = [each.name if each.name in used else "_" for each in arguments]
    if any(name != "_" for name in names):
        yield f"{words.target(names)} = inputs"
    if set(full.outputs) - {"_", "output"}:
        alone = single and len(full.outputs) == 1
        yield f"{full.outputs[0] if alone else words.target(full.outputs)} = output"
    if full.marked:
        yield f"ctx.mark_non_differentiable({words.joined(full.marked)})"
    if saved:
        yield f"ctx.save_for_backward({words.joined(saved)})"
    for name in scalars:
        yield f"ctx.{name} = {name}"
    for name in shapes:
        yield f"ctx.{name}_shape = {shape_of(arguments, name)}"


def shape_of(arguments: Sequence[Argument], name: str) -> str:
    """Print the shape of an argument, which may be None."""
    optional = any(
        each.name == name and each.type is ArgumentType.OPTIONAL_TENSOR
        for each in arguments
    )
    return f"None if {name} is None else {name}.shape" if optional else f"{name}.shape"


def cotangents(full: Printed) -> str:
    """Print backward's arguments; what was kept has no gradient worth a name."""
    declared = [f"{each}: Tensor" for each in full.cotangents]
    return words.joined([*declared, *(["*_: Tensor"] if full.kept else [])])


def picked(full: Printed, gradients: Gradients) -> str:
    """Print what takes the outputs out of all that forward returns."""
    if not full.kept:
        return ""
    return "[0]" if gradients.single else f"[:{len(gradients.outputs)}]"


def texts(body: str, full: Printed, blocks: Sequence[BlockView]) -> tuple[str, ...]:
    """List all statements, for the imports that they need."""
    lines = [line for block in blocks for line in block.lines]
    return (body, *full.rebuilt, *(["torch"] if full.rebuilt else []), *lines)


# Settings of flags.


def merged(
    arguments: Sequence[Argument],
    derived: Sequence[Gradients],
    each: Sequence[Printed],
) -> tuple[tuple[BlockView, ...], list[str]]:
    """Write one backward for all settings; what differs stands behind its own condition.

    Returns:
        The statements, and the flags that their conditions ask.
    """
    full = each[0]
    groups: dict[tuple[Statements, ...], list[int]] = {}
    for at, text in enumerate(each):
        if reduced(full.backward, text.gradients) == reduced(
            text.backward, text.gradients
        ):
            groups.setdefault(full.backward, []).append(at)
        else:
            groups.setdefault(text.backward, []).append(at)
    if len(groups) == 1:
        return tuple(block_views(full.backward, full.gradients, "")), []
    settings = [dict(one.setting) for one in derived]
    flags = telling(settings, list(groups.values()))
    views: list[BlockView] = []
    for statements, members in groups.items():
        asked = question([settings[at] for at in members], flags, arguments)
        views += block_views(statements, each[members[0]].gradients, asked)
    return tuple(views), flags


def reduced(
    statements: Iterable[Statements], wanted: Sequence[int]
) -> list[tuple[tuple[int, ...], list[str]]]:
    """Leave out what only the gradients of absent arguments need."""
    found: dict[tuple[int, ...], list[str]] = {}
    for each in statements:
        owners = tuple(at for at in each.owners if at in wanted)
        if owners:
            found.setdefault(owners, []).extend(each.lines)
    return sorted(found.items())


def telling(
    settings: Sequence[dict[str, object]], groups: Sequence[Sequence[int]]
) -> list[str]:
    """Find the fewest flags that tell the groups apart."""
    names = list(settings[0])
    for name in names:
        values = [{settings[at][name] for at in group} for group in groups]
        if sum(map(len, values)) == len(set[object]().union(*values)):
            return [name]
    return names


def question(
    settings: Sequence[dict[str, object]],
    flags: Sequence[str],
    arguments: Sequence[Argument],
) -> str:
    """Ask for one of some settings."""
    chosen = [each for each in arguments if each.name in flags]
    found = dict.fromkeys(
        " and ".join(asked(flag, each[flag.name]) for flag in chosen)
        for each in settings
    )
    return " or ".join(found)


def asked(flag: Argument, value: object) -> str:
    """Ask for one value of a flag; of a tensor, whether it is there."""
    if flag.type is ArgumentType.OPTIONAL_TENSOR:
        return f"{flag.name} is {'not None' if value else 'None'}"
    if isinstance(value, bool):
        return flag.name if value else f"not {flag.name}"
    return f"{flag.name} == {words.quoted(value)}"


def block_views(
    statements: Iterable[Statements], everybody: Sequence[int], asked_first: str
) -> Iterator[BlockView]:
    """Put each group of statements behind the question who wants it."""
    for each in statements:
        wanted = "" if set(each.owners) == set(everybody) else wants(each.owners)
        yield BlockView(both(asked_first, wanted), each.lines)


def wants(owners: Sequence[int]) -> str:
    """Ask whether any of some gradients is wanted."""
    return " or ".join(f"ctx.needs_input_grad[{at}]" for at in owners)


def both(one: str, other: str) -> str:
    """Ask two questions at once."""
    parts = [
        f"({each})" if " or " in each and one and other else each
        for each in (one, other)
        if each
    ]
    return " and ".join(parts)
