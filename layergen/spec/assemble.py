"""What was declared, put together with what the forward's signature tells.

Options and layergen.toml say only what the forward does not: here both become the complete
arguments of an op, a loss or a layer.
"""

from dataclasses import dataclass, replace

from layergen.spec import constructors, inits, literals, shapes
from layergen.spec.excerpt import Excerpt
from layergen.spec.forward import returned_shapes
from layergen.spec.model import (
    ANY_SHAPE,
    Argument,
    ArgumentType,
    Case,
    Forward,
    Init,
    Kind,
    LayerSpec,
    LossSpec,
    OpSpec,
    Parameter,
    Shape,
    Spec,
    Submodule,
)
from layergen.spec.parameters import constant_text

__all__ = [
    "Declared",
    "begins_with",
    "component",
    "layer",
    "of_op",
    "signature",
    "supplied",
    "with_sizes",
]


@dataclass(frozen=True, slots=True)
class Declared:
    """What options or tables say of one function or module, beside its forward.

    Attributes:
        parameters: as they were typed: a scalar's initial value is still its number.
        shapes: of arguments, where they are given apart from the types: `--shape`.
    """

    arguments: tuple[Argument, ...] = ()
    shapes: tuple[tuple[str, Shape], ...] = ()
    parameters: tuple[Parameter, ...] = ()
    buffers: tuple[Parameter, ...] = ()
    submodules: tuple[Submodule, ...] = ()
    returns: tuple[Shape, ...] = ()
    cases: tuple[Case, ...] = ()


def signature(forward: Forward, declared: Declared) -> tuple[Argument, ...]:
    """Complete the forward's signature by the declared types, defaults and shapes."""
    given = {each.name: each for each in declared.arguments}
    dims = dict(declared.shapes)
    found = (
        retyped(each, given[each.name]) if each.name in given else each
        for each in forward.signature
    )
    return tuple(
        replace(each, shape=dims[each.name]) if each.name in dims else each
        for each in found
    )


def retyped(own: Argument, given: Argument) -> Argument:
    """Give an argument its declared type; what the declaration leaves open stays."""
    value = given.default or own.default
    if value is not None:
        value = default(given.type, own.name, value)
    shape = own.shape if given.shape == ANY_SHAPE else given.shape
    if not given.type.is_tensor:
        shape = ANY_SHAPE
    keyword_only = own.keyword_only or given.keyword_only
    return Argument(own.name, given.type, value, shape, keyword_only)


def default(kind: ArgumentType, name: str, text: str) -> str:
    """Check a default that was given for another type."""
    return literals.default(kind, Excerpt.of(f"the default of {name!r}", text))


def component(
    spec: Spec,
    kinds: tuple[Kind, ...],
    forward: Forward,
    declared: Declared,
    layers: tuple[LayerSpec, ...],
) -> Spec:
    """Put the op or loss and the layers into the component."""
    own = signature(forward, declared)
    if Kind.LOSS in kinds:
        loss = LossSpec(spec.folder, spec.name, own, forward, declared.cases)
        return replace(spec, loss=loss)
    op = None
    if Kind.OP in kinds:
        returns = declared.returns or returned_shapes(forward)
        op = OpSpec(spec.folder, own, forward, returns, declared.cases)
    return replace(spec, op=op, layers=layers)


def with_sizes(forward: Forward, declared: Declared) -> Declared:
    """Declare the forward's arguments that name sizes of parameters as whole numbers.

    In `x * g / sqrt(dim)` with g of shape (dim,), dim is what the constructor is told.
    """
    known = {each.name for each in declared.arguments}
    known |= supplied(declared) | {name for name, _ in declared.shapes}
    sizes = set(constructor_names((), declared)) - known
    found = tuple(
        Argument(each.name, ArgumentType.INT)
        for each in forward.signature
        if each.name in sizes and each.type is ArgumentType.TENSOR
    )
    return replace(declared, arguments=declared.arguments + found)


def of_op(forward: Forward, declared: Declared) -> Declared:
    """Leave out what only the layer that calls the op needs, but keep its shapes."""
    known = {each.name for each in forward.signature}
    complete = with_parameter_shapes(declared)
    return replace(
        complete,
        arguments=tuple(each for each in declared.arguments if each.name in known),
        cases=known_cases(declared.cases, signature(forward, complete)),
        parameters=(),
        buffers=(),
        submodules=(),
    )


def known_cases(
    cases: tuple[Case, ...], arguments: tuple[Argument, ...]
) -> tuple[Case, ...]:
    """Leave out of the cases what only the layer knows: a parameter's first value."""
    known = {name for each in arguments for name in shapes.symbols(each.shape)}
    known |= {each.name for each in arguments if not each.type.is_tensor}
    found = (
        Case(tuple(pair for pair in case.values if pair[0] in known)) for case in cases
    )
    return tuple(dict.fromkeys(case for case in found if case.values))


def with_parameter_shapes(declared: Declared) -> Declared:
    """Tell an op the shapes of what the layer's parameters bring it.

    A scalar beside tensors of any shape is left as it is: the op broadcasts more than that.
    """
    typed = {each.name for each in declared.arguments if each.shape != ANY_SHAPE}
    tensors = declared.parameters + declared.buffers
    if not typed and not declared.shapes and all(not e.shape.dims for e in tensors):
        return declared
    held = tuple(
        (each.name, each.shape)
        for each in declared.parameters + declared.buffers
        if each.name not in typed
    )
    return replace(declared, shapes=held + declared.shapes)


def layer(
    name: str,
    forward: Forward,
    declared: Declared,
    blocks: tuple[str, ...] = (),
    *,
    calls_op: bool = False,
) -> LayerSpec:
    """Complete a layer: the constructor's arguments, and what its parameters begin with.

    Dimensions of parameters, and names in initial values and constructors, that nobody
    declared become whole numbers of the constructor; a scalar parameter's number becomes
    the default of an argument of its name.
    """
    own = signature(forward, declared)
    taken = supplied(declared)
    tensors = tuple(each for each in own if each.type.is_tensor)
    inputs = tuple(each for each in tensors if each.name not in taken)
    may_be_none = {
        each.name for each in own if each.type is ArgumentType.OPTIONAL_TENSOR
    }
    parameters = tuple(
        replace(each, optional=each.optional or each.name in may_be_none)
        for each in declared.parameters
    )
    complete = replace(declared, parameters=parameters)
    return LayerSpec(
        name=name,
        arguments=inputs + constructor(own, inputs, complete, blocks),
        parameters=tuple(begun(each) for each in parameters),
        buffers=declared.buffers,
        submodules=declared.submodules,
        forward=forward,
        calls_op=calls_op,
        returns=declared.returns or returned_shapes(forward),
        cases=declared.cases,
    )


def supplied(declared: Declared) -> frozenset[str]:
    """List what the layer itself holds, so that no argument of `forward` brings it."""
    tensors = declared.parameters + declared.buffers
    return frozenset(
        [each.name for each in tensors] + [each.name for each in declared.submodules]
    )


def constructor(
    own: tuple[Argument, ...],
    inputs: tuple[Argument, ...],
    declared: Declared,
    blocks: tuple[str, ...],
) -> tuple[Argument, ...]:
    """Gather the constructor's arguments, those without a default first."""
    known = {each.name for each in own}
    more = tuple(each for each in declared.arguments if each.name not in known)
    held = supplied(declared) - begins_with(declared)
    scalars = [
        replace(each, keyword_only=False)
        for each in own + more
        if not each.type.is_tensor and each.name not in held
    ]
    taken = {each.name for each in scalars} | held | set(blocks)
    implied = [
        Argument(name, ArgumentType.INT)
        for name in constructor_names(inputs, declared)
        if name not in taken
    ]
    found = scalars + implied + starts(declared)
    return tuple(sorted(found, key=lambda each: each.default is not None))


def begins_with(declared: Declared) -> frozenset[str]:
    """List the parameters whose initial value is told by an argument of their name."""
    return frozenset(
        each.name
        for each in declared.parameters
        if each.name in inits.free_names(each.init)
    )


def starts(declared: Declared) -> list[Argument]:
    """Make the arguments that tell what scalar parameters begin with."""
    numbers = ((each.name, constant_text(each)) for each in declared.parameters)
    return [
        Argument(name, ArgumentType.FLOAT, default(ArgumentType.FLOAT, name, number))
        for name, number in numbers
        if number is not None
    ]


def constructor_names(
    inputs: tuple[Argument, ...], declared: Declared
) -> tuple[str, ...]:
    """List the names that parameters and submodules are made from.

    Those that are dimensions of the inputs come first, so that a linear layer's
    constructor reads `in_features, out_features` though its weight is the other way round.
    """
    used: list[str] = []
    for each in declared.parameters + declared.buffers:
        used += (*shapes.symbols(each.shape), *inits.free_names(each.init))
    for submodule in declared.submodules:
        used += constructors.free_names(submodule.constructor)
    dims = [name for each in inputs for name in shapes.symbols(each.shape)]
    return tuple(dict.fromkeys([name for name in dims if name in used] + used))


def begun(parameter: Parameter) -> Parameter:
    """Let a scalar begin with the constructor's argument of its name."""
    if constant_text(parameter) is None:
        return parameter
    return replace(parameter, init=Init("constant", (parameter.name,)))
