"""What the cases set must exist, and be set to what fits."""

from layergen.errors import BadRequest, Place
from layergen.spec import names, shapes
from layergen.spec.excerpt import Where
from layergen.spec.model import Argument, ArgumentType, Case, Parameter
from layergen.spec.parameters import is_number

__all__ = ["check_cases"]


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
