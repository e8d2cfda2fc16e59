"""What is declared must fit the forward, and the forward what is declared."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

from layergen.errors import BadRequest, NotYet, Place
from layergen.spec import assemble, names, reserved, shapes
from layergen.spec.assemble import Declared
from layergen.spec.forward import check_body, self_attributes, used_names
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Case,
    Form,
    Forward,
    Kind,
    LayerSpec,
    Parameter,
)
from layergen.spec.parameters import is_number

__all__ = ["Where", "function", "module"]

# Tells where a name was declared: ("arguments", "beta") -> the text of its --arg.
Where: TypeAlias = Callable[[str, str], Place | None]
USED_BY_TORCH = ("training",)  # what nn.Module itself tells a forward


def function(
    kind: Kind,
    component: str,
    forward: Forward,
    declared: Declared,
    arguments: tuple[Argument, ...],
    where: Where,
) -> None:
    """Check what is declared for an op or loss.

    Raises:
        BadRequest: The forward is a method, has no tensor, or does not use a declared name.
    """
    if forward.form is Form.METHOD:
        raise BadRequest(
            f"the forward of {kind.value} {component!r} takes self",
            place=where("forward", "text"),
            instead="Write a function of tensors; what has parameters is a layer.",
        )
    check_body(forward)
    check_inputs(arguments, where)
    check_used(forward, where)
    check_argument_names(kind, component, arguments, where)
    for table, name in held_names(declared):
        raise BadRequest(
            f"{name!r} is a {table.removesuffix('s')}, and {kind.value} {component!r} holds none",
            place=where(table, name),
            instead='What holds tensors is a layer: new-layer, or makes = ["layer"].',
        )
    known = [each.name for each in arguments]
    for each in declared.arguments:
        if each.name not in known:
            raise unused("argument", each.name, known, where("arguments", each.name))
    check_shapes(declared, known, where)
    check_returns(forward, declared, where)
    check_cases(declared.cases, arguments, (), where)


def module(layer: LayerSpec, declared: Declared, where: Where) -> None:
    """Check what is declared for a layer.

    Args:
        layer: as it was assembled.
        declared: what it was assembled from.
        where: tells the place of a declaration.

    Raises:
        BadRequest: A name is used and not declared, declared and not used, or both an
            argument and held by the layer.
    """
    inputs = tuple(each for each in layer.arguments if each.type.is_tensor)
    check_body(layer.forward)
    check_inputs(inputs, where)
    check_used(layer.forward, where)
    check_argument_names(Kind.LAYER, layer.name, layer.arguments, where)
    check_held(layer, declared, where)
    check_scalars(layer, declared, where)
    check_made_from(layer, declared, where)
    known = [each.name for each in layer.forward.signature]
    check_declared_arguments(layer, declared, where)
    check_shapes(declared, known, where)
    check_returns(layer.forward, declared, where)
    held = declared.parameters + declared.buffers
    check_cases(declared.cases, layer.arguments, held, where)


def check_inputs(arguments: tuple[Argument, ...], where: Where) -> None:
    """Refuse a forward without any tensor."""
    if not any(each.type.is_tensor for each in arguments):
        raise BadRequest(
            "the forward takes no tensor",
            place=where("forward", "text"),
            instead="Leave at least one argument a tensor.",
        )


def check_used(forward: Forward, where: Where) -> None:
    """Refuse an argument that the forward takes and never reads."""
    used = used_names(forward)
    for each in forward.signature:
        if each.name not in used:
            raise unused("argument", each.name, (), where("arguments", each.name))


def check_argument_names(
    kind: Kind, component: str, arguments: tuple[Argument, ...], where: Where
) -> None:
    """Refuse names that the generated code uses itself."""
    found = [each.name for each in arguments]
    for name in found:
        place = where("arguments", name)
        names.check_argument_name(
            name, kind, component=component, others=found, place=place
        )


def check_held(layer: LayerSpec, declared: Declared, where: Where) -> None:
    """Check the names of parameters, buffers and submodules, and that each is used."""
    reached = reached_names(layer.forward)
    seen: set[str] = set()
    for table, name in held_names(declared):
        place = where(table, name)
        names.check_argument_name(name, Kind.LAYER, component=layer.name, place=place)
        if name in seen:
            raise BadRequest(
                f"{name!r} is declared twice",
                place=place,
                instead="A name is one parameter, buffer or submodule.",
            )
        seen.add(name)
        if name not in reached:
            raise unused(table.removesuffix("s"), name, reached, place)
    if layer.forward.form is Form.METHOD:
        check_self(layer, seen, where)


def held_names(declared: Declared) -> Iterable[tuple[str, str]]:
    """List what the layer holds, each with its table."""
    yield from (("parameters", each.name) for each in declared.parameters)
    yield from (("buffers", each.name) for each in declared.buffers)
    yield from (("submodules", each.name) for each in declared.submodules)


def reached_names(forward: Forward) -> tuple[str, ...]:
    """List the names by which a forward can reach what a layer holds."""
    if forward.form is Form.METHOD:
        return tuple(self_attributes(forward))
    return tuple(each.name for each in forward.signature)


def check_self(layer: LayerSpec, held: Collection[str], where: Where) -> None:
    """Check every `self.NAME` of a method, and that it takes tensors only."""
    scalars = [each.name for each in layer.arguments if not each.type.is_tensor]
    known = [*held, *scalars, *USED_BY_TORCH]
    for name in self_attributes(layer.forward):
        if name not in known and name not in reserved.MODULE_MEMBERS:
            near = names.nearest(name, known)
            raise BadRequest(
                f"self.{name} is no parameter, buffer, submodule or argument of "
                f"{layer.name}",
                place=where("forward", "text"),
                instead=f"Did you mean self.{near}?" if near else "Declare it.",
            )


def check_scalars(layer: LayerSpec, declared: Declared, where: Where) -> None:
    """Refuse scalars that a method takes, and those that a parameter hides."""
    own = assemble.signature(layer.forward, declared)
    if layer.forward.form is Form.METHOD:
        for each in own:
            if not each.type.is_tensor:
                raise NotYet(
                    f"forward(self, ...) takes {each.name!r}, which is no tensor",
                    place=where("forward", "text"),
                    instead=f"Read self.{each.name}, and declare it as an argument.",
                )
    hidden = assemble.supplied(declared) - assemble.begins_with(declared)
    for each in (*own, *declared.arguments):
        if each.name in hidden and not each.type.is_tensor:
            raise BadRequest(
                f"{each.name!r} is both an argument of type {each.type.value} and held "
                "by the layer: no gradient would reach it",
                place=where("arguments", each.name),
                instead=f"Make it a tensor: {each.name}:tensor.",
            )


def check_made_from(layer: LayerSpec, declared: Declared, where: Where) -> None:
    """Refuse tensors, and names one letter off, in initial values and constructors."""
    tensors = [each.name for each in layer.arguments if each.type.is_tensor]
    given = [each.name for each in declared.arguments if not each.type.is_tensor]
    made_from = assemble.constructor_names((), declared)
    for name in made_from:
        if name in tensors:
            raise BadRequest(
                f"{name!r} is a tensor of the forward, which the constructor can't know",
                place=where("arguments", name),
                instead="Compute initial values and submodules from numbers.",
            )
        if name not in given and (near := one_off(name, given)):
            raise BadRequest(
                f"{name!r} is declared nowhere, and is one letter off {near!r}",
                place=where("arguments", near),
                instead=f"Write {near!r}, or declare {name!r} too.",
            )


def one_off(name: str, known: Collection[str]) -> str | None:
    """Find a known name that a single slip of the finger makes of this one.

    Digits don't slip: weight1 and weight2 are two names on purpose.
    """
    return next((each for each in known if is_slip(name, each)), None)


def is_slip(name: str, other: str) -> bool:
    """Whether two names of four letters or more differ by one letter or one swap."""
    if name == other or min(len(name), len(other)) < 4 or name[0] != other[0]:
        return False
    short, long = sorted((name, other), key=len)
    start = next(
        (at for at, pair in enumerate(zip(short, long)) if pair[0] != pair[1]),
        len(short),
    )
    if len(long) == len(short) + 1:
        return short[start:] == long[start + 1 :] and not long[start].isdigit()
    if len(long) != len(short):
        return False
    swapped = short[start : start + 2] == long[start : start + 2][::-1]
    if swapped and short[start + 2 :] == long[start + 2 :]:
        return True
    letters = not (short[start].isdigit() or long[start].isdigit())
    return letters and short[start + 1 :] == long[start + 1 :]


def check_declared_arguments(
    layer: LayerSpec, declared: Declared, where: Where
) -> None:
    """Refuse a declared argument that neither forward nor constructor uses."""
    known = [each.name for each in layer.forward.signature]
    used = {*known, *assemble.constructor_names((), declared)}
    if layer.forward.form is Form.METHOD:
        used |= set(self_attributes(layer.forward))
    for each in declared.arguments:
        if each.name not in (known if each.type.is_tensor else used):
            raise unused(
                "argument", each.name, sorted(used), where("arguments", each.name)
            )


def check_shapes(declared: Declared, known: Collection[str], where: Where) -> None:
    """Refuse a shape of what is no argument, and dimensions that are no whole numbers."""
    for name, _ in declared.shapes:
        if name not in known:
            raise unused("shape of an argument", name, known, where("shapes", name))
    other = {
        each.name: each.type
        for each in declared.arguments
        if each.type is not ArgumentType.INT
    }
    dims = [(each.name, each.shape) for each in declared.arguments]
    for name, shape in (*dims, *declared.shapes):
        for dim in shapes.symbols(shape):
            if dim in other:
                raise BadRequest(
                    f"the dimension {dim!r} of {name!r} is an argument of type "
                    f"{other[dim].value}",
                    place=where("arguments", name),
                    instead="Give the dimension another name.",
                )


def check_returns(forward: Forward, declared: Declared, where: Where) -> None:
    """Check how many results the shapes of the results tell."""
    if declared.returns and len(declared.returns) != forward.outputs:
        raise BadRequest(
            f"{len(declared.returns)} shapes are told of {forward.outputs} results",
            place=where("returns", "shapes"),
            instead="Tell the shape of each result.",
        )


def check_cases(
    cases: tuple[Case, ...],
    arguments: tuple[Argument, ...],
    held: tuple[Parameter, ...],
    where: Where,
) -> None:
    """Check that each case sets sizes and arguments that exist, to values that fit."""
    types = {
        name: ArgumentType.INT
        for shape in (*(each.shape for each in arguments), *(e.shape for e in held))
        for name in shapes.symbols(shape)
    }
    types |= {each.name: ArgumentType.BOOL for each in held if each.optional}
    types |= {each.name: each.type for each in arguments if not each.type.is_tensor}
    for case in cases:
        for name, value in case.values:
            check_case_value(name, value, types, where("cases", name))
    for each in arguments:
        if each.type is ArgumentType.STR and each.default is None:
            check_told(each.name, cases, where)


def check_told(name: str, cases: tuple[Case, ...], where: Where) -> None:
    """Refuse a text that nobody gives: tests can't make one up."""
    if cases and all(name in dict(case.values) for case in cases):
        return
    raise BadRequest(
        f"the str {name!r} has no default, and no case tells a value for the tests",
        place=where("arguments", name),
        instead=f"Give it one: {name}:str=same, or --case \"{name}='same'\".",
    )


def check_case_value(
    name: str, value: str, types: dict[str, ArgumentType], place: Place | None
) -> None:
    """Check one value of a case."""
    if name not in types:
        near = names.nearest(name, types)
        known = ", ".join(types) or "none"
        raise BadRequest(
            f"a case sets {name!r}, which is no dimension and no argument",
            place=place,
            instead=f"Did you mean {near!r}?" if near else f"Known: {known}.",
        )
    fits = {
        ArgumentType.INT: value.lstrip("-").isdigit(),
        ArgumentType.FLOAT: is_number(value),
        ArgumentType.BOOL: value in ("True", "False"),
        ArgumentType.STR: value[:1] in ("'", '"'),
    }
    if not fits[types[name]]:
        raise BadRequest(
            f"a case sets {name!r} to {value}, and it is of type {types[name].value}",
            place=place,
        )


def unused(
    what: str, name: str, known: Collection[str], place: Place | None
) -> BadRequest:
    """Make the error for what is declared and used nowhere."""
    near = names.nearest(name, known)
    instead = (
        f"Did you mean {near!r}?" if near else "Use it in the forward, or drop it."
    )
    return BadRequest(
        f"the {what} {name!r} is used nowhere", place=place, instead=instead
    )
