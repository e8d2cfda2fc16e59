"""Sizes at which the arithmetic outweighs the call: those of the tests, enlarged."""

from layergen.spec import inputs, sizes
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, Case, Parameter

__all__ = ["FACTOR", "enlarged"]

FACTOR = 32  # times the sizes of the tests
LEAD = 8  # times the factor, for '...' beside other dimensions


def enlarged(
    arguments: tuple[Argument, ...],
    cases: tuple[Case, ...],
    bound: tuple[Parameter, ...] = (),
    *,
    factor: int = FACTOR,
) -> Example:
    """Scale the first setting of the tests: the free sizes, not those the user's case names.

    Args:
        arguments: of the function or layer.
        cases: what the user asked to be tried.
        bound: a layer's parameters and buffers.
        factor: times the tests' sizes; tensors of any shape are squares of 32 times that.
    """
    setting = sizes.settings(arguments, bound, cases)[0]
    named = set(dict(cases[0].values)) if cases else set[str]()
    free = set(sizes.named_sizes(arguments, bound)) - named
    values = tuple(
        (name, value * factor if name in free and isinstance(value, int) else value)
        for name, value in setting.values
    )
    whole = {name: value for name, value in values if isinstance(value, int)}
    anything = inputs.takes_any_shape(arguments)
    lead = (FACTOR * factor,) * 2 if anything else (LEAD * factor,)
    shapes = sizes.tensor_shapes(arguments, whole, lead)
    return Example(f"times_{factor}", shapes, values)
