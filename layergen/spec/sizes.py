"""Example sizes: small, and different where nobody said that they are equal."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import TypeAlias

from layergen.spec import shapes
from layergen.spec.model import Argument, ArgumentType, Case, Parameter

__all__ = [
    "LEAD_SIZES",
    "Setting",
    "Value",
    "assign",
    "has_lead",
    "settings",
    "tensor_shapes",
]

Value: TypeAlias = int | float | bool | str

LEAD_SIZES = (2, 3)  # kept for what '...' stands for


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice of every size and of every constructor argument.

    Attributes:
        id: "sizes", "other_sizes", or of a case "channels4_reduction16".
        values: by name; dimensions first, in order of appearance.
    """

    id: str
    values: tuple[tuple[str, Value], ...]

    def sizes(self) -> dict[str, int]:
        """Take the values that can be a dimension's size."""
        return {
            name: value
            for name, value in self.values
            if isinstance(value, int) and not isinstance(value, bool)
        }


def assign(
    names: tuple[str, ...], taken: tuple[int, ...] = (), *, other: bool = False
) -> tuple[tuple[str, int], ...]:
    """Give each name a size from 2, all different, in order of appearance.

    Args:
        names: the free dimensions.
        taken: sizes that are in use already.
        other: take the second assignment, in which every size has changed.
    """
    numbers = free_numbers(taken)
    found: list[tuple[str, int]] = []
    for start in range(0, len(names), 2):
        pair = (next(numbers), next(numbers))
        sizes = reversed(pair) if other else pair
        found += zip(names[start : start + 2], sizes, strict=False)
    return tuple(found)


def free_numbers(taken: tuple[int, ...]) -> Iterator[int]:
    """Count in pairs that hold no neighbours, which code that is one off would mix up.

    3 5, 4 7, 6 9, ...; what is taken is left out.
    """
    pairs = chain([(3, 5)], ((even, even + 3) for even in count(4, 2)))
    for pair in pairs:
        yield from (number for number in pair if number not in taken)


def settings(
    arguments: tuple[Argument, ...],
    parameters: tuple[Parameter, ...],
    cases: tuple[Case, ...],
) -> tuple[Setting, ...]:
    """Choose the settings under which a component is run.

    The sizes and values of a case win; what it does not name is picked. Without cases, or
    with a single one, a second setting follows in which every free size is another.
    """
    if not cases:
        return (
            setting(arguments, parameters, Case(()), "sizes", other=False),
            setting(arguments, parameters, Case(()), "other_sizes", other=True),
        )
    found = [
        setting(arguments, parameters, case, case_id(case), other=bool(at % 2))
        for at, case in enumerate(cases)
    ]
    if len(cases) == 1:
        again = setting(arguments, parameters, cases[0], "other_sizes", other=True)
        found += [again] if again.values != found[0].values else []
    return tuple(found)


def case_id(case: Case) -> str:
    """Name a case by what it sets, in letters that a test's name may have."""
    text = "_".join(name + value for name, value in case.values)
    return "".join(each if each.isalnum() else "_" for each in text)


def setting(
    arguments: tuple[Argument, ...],
    parameters: tuple[Parameter, ...],
    case: Case,
    name: str,
    *,
    other: bool,
) -> Setting:
    """Choose every size and every constructor argument once."""
    given: dict[str, Value] = {
        key: ast.literal_eval(value) for key, value in case.values
    }
    scalars = [each for each in arguments if not each.type.is_tensor]
    fixed = fixed_values(scalars, given, other=other)
    fixed |= {each.name: not other for each in parameters if each.optional} | given
    free = tuple(
        each for each in named_sizes(arguments, parameters) if each not in fixed
    )
    leads = LEAD_SIZES if has_lead(arguments) else ()
    taken = tuple(value for value in given.values() if type(value) is int)
    sizes = assign(free, taken + leads, other=other)
    known = dict(sizes) | fixed
    order = dict.fromkeys((*named_sizes(arguments, parameters), *known))
    return Setting(name, tuple((each, known[each]) for each in order))


def named_sizes(
    arguments: tuple[Argument, ...], parameters: tuple[Parameter, ...]
) -> tuple[str, ...]:
    """List the dimensions, then the whole numbers that nothing gives a default."""
    tensors = [each.shape for each in arguments if each.type.is_tensor]
    found = [
        name
        for shape in (*tensors, *(each.shape for each in parameters))
        for name in shapes.symbols(shape)
    ]
    numbers = [
        each.name
        for each in arguments
        if each.type is ArgumentType.INT and each.default is None
    ]
    return tuple(dict.fromkeys(found + numbers))


def fixed_values(
    scalars: list[Argument], given: dict[str, Value], *, other: bool
) -> dict[str, Value]:
    """Give the scalars their default, or in the other setting another value."""
    found: dict[str, Value] = {}
    for each in scalars:
        if each.name not in given and (value := scalar(each, other=other)) is not None:
            found[each.name] = value
    return found


def scalar(argument: Argument, *, other: bool) -> Value | None:
    """Choose a scalar's value; None for an int without a default, which is a size."""
    default = None if argument.default is None else ast.literal_eval(argument.default)
    match argument.type:
        case ArgumentType.FLOAT:
            first = 0.5 if default is None else float(default)
            return another(first) if other else first
        case ArgumentType.BOOL:
            return bool(default) is not other
        case ArgumentType.STR:
            return "" if default is None else str(default)
        case _:
            return None if default is None else int(default)


def another(value: float) -> float:
    """Choose a second value near the first: a probability or an epsilon stays one."""
    return 0.5 if value == 0 else float(f"{value * 0.75:.3g}")


def has_lead(arguments: tuple[Argument, ...]) -> bool:
    """Whether '...' stands in the shape of a tensor."""
    return any(
        shapes.ELLIPSIS in each.shape.dims for each in arguments if each.type.is_tensor
    )


def tensor_shapes(
    arguments: tuple[Argument, ...], sizes: dict[str, int], lead: tuple[int, ...]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Compute the tensors' shapes, with `lead` where '...' stands."""
    return tuple(
        (each.name, tensor_shape(each, sizes, lead))
        for each in arguments
        if each.type.is_tensor
    )


def tensor_shape(
    argument: Argument, sizes: dict[str, int], lead: tuple[int, ...]
) -> tuple[int, ...]:
    """Compute one tensor's shape."""
    found: list[int] = []
    for dim in argument.shape.dims:
        found += lead if dim == shapes.ELLIPSIS else (shapes.size(dim, sizes),)
    return tuple(found)
