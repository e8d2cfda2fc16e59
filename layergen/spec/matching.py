"""Named dimensions against numbers, in both directions."""

from collections.abc import Iterable, Mapping
from math import prod

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
    pairs: list[tuple[str, int]] = []
    lead: tuple[int, ...] = ()
    for each in arguments:
        if each.name in given:
            found, before = matched(each.shape, given[each.name])
            pairs += found
            lead = before if len(before) > len(lead) else lead
    # plain names first: they may be the other factor of a product
    for dim, size in sorted(pairs, key=lambda pair: "*" in pair[0]):
        sizes |= solved(dim, size, sizes)
    return sizes, lead


def matched(
    shape: Shape, given: tuple[int, ...]
) -> tuple[list[tuple[str, int]], tuple[int, ...]]:
    """Put one shape's dimensions beside numbers, and tell what '...' stands for."""
    dims, lead = shape.dims, tuple[int, ...]()
    if shapes.ELLIPSIS in dims:
        at = dims.index(shapes.ELLIPSIS)
        end = len(given) - (len(dims) - at - 1)
        lead = given[at:end]
        dims, given = dims[:at] + dims[at + 1 :], given[:at] + given[end:]
    return list(zip(dims, given, strict=True)), lead


def solved(dim: str, size: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Solve a dimension such as `2*height` for the one name that has no size yet."""
    factors = dim.split("*")
    unknown = [each for each in factors if not each.isdigit() and each not in sizes]
    if len(unknown) != 1:
        return {}
    rest = prod(
        int(each) if each.isdigit() else sizes[each]
        for each in factors
        if each not in unknown
    )
    return {unknown[0]: size // rest if rest else 0}


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
