"""Named dimensions against numbers, in both directions."""

from collections.abc import Iterable, Mapping

from layergen.spec import shapes
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, Shape

__all__ = ["Sizes", "filled", "sizes_of"]

Sizes = tuple[Mapping[str, int], tuple[int, ...]]  # by name, and what '...' stands for


def sizes_of(arguments: Iterable[Argument], example: Example) -> Sizes:
    """Read what every name, and '...', stands for in an example."""
    given = dict(example.shapes)
    sizes = {
        name: value
        for name, value in example.values
        if isinstance(value, int) and not isinstance(value, bool)
    }
    lead: tuple[int, ...] = ()
    for each in arguments:
        if each.name in given:
            named, before = matched(each.shape, given[each.name])
            sizes |= named
            lead = before if len(before) > len(lead) else lead
    return sizes, lead


def matched(shape: Shape, given: tuple[int, ...]) -> Sizes:
    """Match one shape's names with numbers."""
    dims, lead = shape.dims, tuple[int, ...]()
    if shapes.ELLIPSIS in dims:
        at = dims.index(shapes.ELLIPSIS)
        end = len(given) - (len(dims) - at - 1)
        lead = given[at:end]
        dims, given = dims[:at] + dims[at + 1 :], given[:at] + given[end:]
    pairs = zip(dims, given, strict=True)
    return {dim: size for dim, size in pairs if dim.isidentifier()}, lead


def filled(shape: Shape, known: Sizes) -> tuple[int, ...]:
    """Put numbers in the place of a shape's names.

    Raises:
        KeyError: A name has no size.
    """
    sizes, lead = known
    found: list[int] = []
    for dim in shape.dims:
        found += lead if dim == shapes.ELLIPSIS else (shapes.size(dim, sizes),)
    return tuple(found)
