"""Example inputs: the shapes and values that generated tests and the trial run use."""

from dataclasses import dataclass
from typing import TypeAlias

from layergen.spec import shapes, sizes
from layergen.spec.model import Argument, ArgumentType, Case, Parameter
from layergen.spec.sizes import Setting, Value

__all__ = ["Example", "examples"]

TensorShape: TypeAlias = tuple[int, ...]

# Of a tensor of any shape: the first one's shape, and that of all others, which broadcasts.
BROADCAST: tuple[tuple[str, TensorShape, TensorShape], ...] = (
    ("same", (3, 5), (3, 5)),
    ("row", (3, 5), (5,)),
    ("column", (2, 3, 5), (3, 1)),
    ("scalar", (3, 5), ()),
    ("empty", (0, 5), (5,)),
)
ALONE: tuple[tuple[str, TensorShape, TensorShape], ...] = (
    ("matrix", (3, 5), ()),
    ("cube", (2, 3, 5), ()),
    ("scalar", (), ()),
    ("empty", (0, 5), ()),
)
# What '...' stands for beside other dimensions, after the first run of each setting.
LEADING: tuple[tuple[str, TensorShape], ...] = (("no_lead", ()), ("two_leads", (2, 3)))
# Behind other dimensions it is, as a rule, of space; what reduces over space needs one.
TRAILING: tuple[tuple[str, TensorShape], ...] = (("two_trailing", (2, 3)),)


@dataclass(frozen=True, slots=True)
class Example:
    """One call of a component.

    Attributes:
        id: "sizes", "other_sizes", "row", "empty", "without_mask".
        shapes: of each tensor argument; an optional one that is left out is missing.
        values: of each scalar argument, and whether an optional parameter is there.
    """

    id: str
    shapes: tuple[tuple[str, TensorShape], ...]
    values: tuple[tuple[str, Value], ...]


def examples(
    arguments: tuple[Argument, ...],
    cases: tuple[Case, ...] = (),
    bound: tuple[Parameter, ...] = (),
) -> tuple[Example, ...]:
    """Choose the calls that show a component at work, the plainest first.

    Args:
        arguments: of the op or loss; of a layer, those of `forward` and the constructor.
        cases: what the user asked to be tried.
        bound: the layer's parameters and buffers, whose sizes the constructor is told.
    """
    chosen = sizes.settings(arguments, bound, cases)
    if takes_any_shape(arguments):
        found = broadcast(arguments, chosen, bound)
    elif sizes.has_lead(arguments):
        found = led(arguments, chosen, bound)
    else:
        found = fixed(arguments, chosen, bound)
    return found + left_out(arguments, found[0])


def takes_any_shape(arguments: tuple[Argument, ...]) -> bool:
    """Whether every tensor has any shape, or is a scalar, and one has any."""
    dims = {each.shape.dims for each in arguments if each.type.is_tensor}
    return dims in ({("...",)}, {("...",), ()})


def broadcast(
    arguments: tuple[Argument, ...],
    chosen: tuple[Setting, ...],
    bound: tuple[Parameter, ...],
) -> tuple[Example, ...]:
    """Run through the ways in which tensors of any shape broadcast."""
    tensors = [each for each in arguments if each.type.is_tensor]
    free = [each.name for each in tensors if each.shape.dims]
    found: list[Example] = []
    for at, (name, first, others) in enumerate(BROADCAST if free[1:] else ALONE):
        shape = dict.fromkeys(free, others) | {free[0]: first}
        pairs = tuple((each.name, shape.get(each.name, ())) for each in tensors)
        values = told(arguments, chosen[at % len(chosen)], bound)
        found.append(Example(name, pairs, values))
    return tuple(found)


def led(
    arguments: tuple[Argument, ...],
    chosen: tuple[Setting, ...],
    bound: tuple[Parameter, ...],
) -> tuple[Example, ...]:
    """Run every setting, then none, two and an empty leading dimension."""
    leading = first_tensor(arguments).shape.dims[:1] == (shapes.ELLIPSIS,)
    runs: list[tuple[str, Setting, TensorShape]] = [
        (each.id, each, (sizes.LEAD_SIZES[at % 2 - 1],))
        for at, each in enumerate(chosen)
    ]
    runs += [
        (name, chosen[at % len(chosen)], lead)
        for at, (name, lead) in enumerate(LEADING if leading else TRAILING)
    ]
    found = tuple(call(arguments, bound, *run) for run in runs)
    if leading:
        return (*found, call(arguments, bound, "empty", chosen[0], (0,)))
    return found + empty(arguments, chosen[0], bound, (sizes.LEAD_SIZES[-1],))


def fixed(
    arguments: tuple[Argument, ...],
    chosen: tuple[Setting, ...],
    bound: tuple[Parameter, ...],
) -> tuple[Example, ...]:
    """Run every setting, then one with a dimension of size 0 where nothing forbids it."""
    found = tuple(call(arguments, bound, each.id, each, ()) for each in chosen)
    return found + empty(arguments, chosen[0], bound, ())


def call(
    arguments: tuple[Argument, ...],
    bound: tuple[Parameter, ...],
    name: str,
    setting: Setting,
    lead: TensorShape,
) -> Example:
    """Make the call of one setting."""
    found = sizes.tensor_shapes(arguments, setting.sizes(), lead)
    return Example(name, found, told(arguments, setting, bound))


def empty(
    arguments: tuple[Argument, ...],
    setting: Setting,
    bound: tuple[Parameter, ...],
    lead: TensorShape,
) -> tuple[Example, ...]:
    """Make the call whose batch is empty, if a dimension is free to be it."""
    name = batch_dimension(arguments, bound)
    if name is None:
        return ()
    found = sizes.tensor_shapes(arguments, setting.sizes() | {name: 0}, lead)
    return (Example("empty", found, told(arguments, setting, bound)),)


def first_tensor(arguments: tuple[Argument, ...]) -> Argument:
    """Take the first input."""
    return next(each for each in arguments if each.type.is_tensor)


def batch_dimension(
    arguments: tuple[Argument, ...], bound: tuple[Parameter, ...]
) -> str | None:
    """Find the first input's first dimension that the constructor is not told."""
    told_names = {each.name for each in arguments}
    told_names |= {name for each in bound for name in shapes.symbols(each.shape)}
    names = shapes.symbols(first_tensor(arguments).shape)
    return next((name for name in names if name not in told_names), None)


def told(
    arguments: tuple[Argument, ...], setting: Setting, bound: tuple[Parameter, ...]
) -> tuple[tuple[str, Value], ...]:
    """Take the values that are arguments, in the order of the arguments."""
    values = dict(setting.values)
    names = [each.name for each in arguments if not each.type.is_tensor]
    names += [each.name for each in bound if each.optional]
    return tuple((name, values[name]) for name in names)


def left_out(arguments: tuple[Argument, ...], plain: Example) -> tuple[Example, ...]:
    """Leave each tensor that may be None out of the plainest run."""
    optional = [e.name for e in arguments if e.type is ArgumentType.OPTIONAL_TENSOR]
    left = {f"without_{name}": {name} for name in optional}
    if optional[1:]:
        left["without_any"] = set(optional)
    return tuple(
        Example(
            name,
            tuple(pair for pair in plain.shapes if pair[0] not in names),
            plain.values,
        )
        for name, names in left.items()
    )
