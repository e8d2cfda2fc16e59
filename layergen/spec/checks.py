"""What is declared must fit the forward, and the forward what is declared."""

from collections.abc import Collection, Iterable

from layergen.errors import BadRequest, NotYet
from layergen.spec import assemble, names, reserved, shapes
from layergen.spec.assemble import Declared
from layergen.spec.case_checks import check_cases
from layergen.spec.excerpt import Where
from layergen.spec.forward import check_body, self_attributes, used_names
from layergen.spec.model import (
    Argument,
    Form,
    Forward,
    Kind,
    LayerSpec,
)
from layergen.spec.shape_checks import check_returns, check_shapes
from layergen.spec.slips import one_off, unused

__all__ = ["function", "module"]

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
    check_defaults(arguments, where)
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
    check_shapes(forward, declared, where)
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
    check_declared_arguments(layer, declared, where)
    check_shapes(layer.forward, declared, where)
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


def check_defaults(arguments: tuple[Argument, ...], where: Where) -> None:
    """Refuse a default before an argument without one, as Python does."""
    given: str | None = None
    for each in arguments:
        if each.keyword_only:
            continue
        if each.default is None and given is not None:
            raise BadRequest(
                f"{given!r} has a default, and {each.name!r} after it has none",
                place=where("arguments", given),
                instead="Give both one or none, or change their order in the function.",
            )
        given = each.name if each.default is not None else given


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
    """Refuse tensors, and slips of the finger, in initial values and constructors."""
    tensors = [each.name for each in layer.arguments if each.type.is_tensor]
    given = [each.name for each in declared.arguments if not each.type.is_tensor]
    given += [name for each in layer.arguments for name in shapes.symbols(each.shape)]
    made_from = assemble.constructor_names((), declared)
    for name in made_from:
        if name in tensors:
            raise BadRequest(
                f"{name!r} is a tensor of the forward, which the constructor can't know",
                place=where("arguments", name),
                instead="Compute initial values and submodules from numbers.",
            )
        if name not in given:
            check_slip(name, given, where)


def check_slip(name: str, given: Collection[str], where: Where) -> None:
    """Refuse an undeclared name that is one letter off a declared one."""
    near = one_off(name, given)
    if near is not None:
        raise BadRequest(
            f"{name!r} is declared nowhere, and is one letter off {near!r}",
            place=where("arguments", near),
            instead=f"Write {near!r}, or declare {name!r} too.",
        )


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
