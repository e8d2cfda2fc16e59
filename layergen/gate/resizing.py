"""Other sizes for example inputs: every size that is free changes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from torch import Tensor

from layergen.gate.redraw import Call, Shapes, calls_of, redrawn, shapes_of

__all__ = ["resized", "shrunk"]

# Small, and no number twice another as long as there are enough.
SIZES = (3, 5, 4, 7, 9, 11, 6, 8, 10, 13, 12, *range(14, 26))
FACTORS = (2, 3, 4)  # what must be a multiple of something stays one
TRIES = 200  # runs of the forward, while equal sizes are told apart

Group = tuple[tuple[int, int], ...]  # dimensions of one size: (argument, dimension)


@dataclass(frozen=True, slots=True)
class Forward:
    """A forward at example inputs, as a question: does it do the same at other shapes?

    Attributes:
        calls: its calls at the example; others are another broadcast.
    """

    plain: Callable[..., Any]
    args: tuple[Any, ...]
    calls: frozenset[Call]

    def takes(self, shapes: Shapes) -> bool:
        """Tell whether it runs, with the same calls."""
        found = calls_of(self.plain, redrawn(self.args, shapes))
        return found is not None and found <= self.calls

    def with_sizes(self, sizes: dict[Group, int]) -> Shapes:
        """Give the dimensions of each group a size."""
        found = [None if each is None else list(each) for each in shapes_of(self.args)]
        for group, size in sizes.items():
            for argument, dimension in group:
                shape = found[argument]
                assert shape is not None  # a group holds dimensions of tensors
                shape[dimension] = size
        return tuple(None if each is None else tuple(each) for each in found)

    def size(self, group: Group) -> int:
        """Tell the size that the dimensions of a group have in the example."""
        shape = shapes_of(self.args)[group[0][0]]
        assert shape is not None
        return shape[group[0][1]]


def resized(
    args: Sequence[Any], plain: Callable[..., Any]
) -> tuple[tuple[Any, ...], ...]:
    """Change every free size: once with equal sizes equal, once with as few equal as will run.

    No new size is one of the old ones, nor of another dimension. Sizes of 0 and 1 stay: they
    are broadcasts, and `rebroadcast` changes them.
    """
    forward = Forward(plain, tuple(args), calls_of(plain, args) or frozenset())
    tied = groups_of(args)
    sizes = assigned(forward, tied)
    found = [redrawn(args, forward.with_sizes(sizes))] if sizes else []
    small = replace(forward, args=found[0]) if found else forward
    parted = parts(small, tied)
    if parted != tied:
        sizes = assigned(forward, parted)
        found += [redrawn(args, forward.with_sizes(sizes))] if sizes else []
    return tuple(found)


def shrunk(
    args: Sequence[Any], plain: Callable[..., Any], most: int
) -> tuple[Any, ...] | None:
    """Make all free sizes 3, or 2 where that still holds more numbers than `most`.

    It is for checks that try every number. Two numbers, normalised, have hardly a gradient.
    """
    forward = Forward(plain, tuple(args), calls_of(plain, args) or frozenset())
    found = None
    for size in (3, 2):
        found = with_all(forward, size)
        if sum(each.numel() for each in found if isinstance(each, Tensor)) <= most:
            return found
    return found


def with_all(forward: Forward, size: int) -> tuple[Any, ...]:
    """Make all free sizes one, where they are larger."""
    sizes: dict[Group, int] = {}
    for group in groups_of(forward.args):
        for each in (size, size + 1):  # what is cut in halves is even
            if each < forward.size(group) and forward.takes(
                forward.with_sizes({**sizes, group: each})
            ):
                sizes[group] = each
                break
    return redrawn(forward.args, forward.with_sizes(sizes))


def groups_of(args: Sequence[Any]) -> tuple[Group, ...]:
    """Group the dimensions by size, in order of appearance."""
    found: dict[int, list[tuple[int, int]]] = {}
    for argument, shape in enumerate(shapes_of(args)):
        for dimension, size in enumerate(shape or ()):
            if size > 1:
                found.setdefault(size, []).append((argument, dimension))
    return tuple(tuple(each) for each in found.values())


def assigned(forward: Forward, groups: tuple[Group, ...]) -> dict[Group, int]:
    """Give every group that is free another size: all at once, or else one by one."""
    old = {forward.size(each) for each in groups}
    new = iter([each for each in SIZES if each not in old])
    at_once = dict(zip(groups, new, strict=False))
    if len(at_once) == len(groups) and forward.takes(forward.with_sizes(at_once)):
        return at_once
    found: dict[Group, int] = {}
    for group in groups:
        for size in candidates(forward.size(group), old | set(found.values())):
            if forward.takes(forward.with_sizes({**found, group: size})):
                found[group] = size
                break
    return in_pairs(forward, groups, found, old)


def candidates(size: int, taken: set[int]) -> Iterator[int]:
    """Choose sizes to try: small ones, then multiples, then the next one."""
    small = [each for each in SIZES if each not in taken]
    yield from small[:8]
    for each in (*(size * factor for factor in FACTORS), size + 1):
        if each not in taken and each not in small[:8]:
            yield each


def in_pairs(
    forward: Forward, groups: tuple[Group, ...], found: dict[Group, int], old: set[int]
) -> dict[Group, int]:
    """Change sizes that change only together: (batch, heads * dim) seen as (heads, dim)."""
    for one, other in combinations(groups, 2):
        if one in found and other in found:
            continue
        for factor in FACTORS:
            pair = {
                each: found.get(each, forward.size(each)) * factor
                for each in (one, other)
            }
            rest = {found[each] for each in found if each not in pair}
            if not (old | rest) & set(pair.values()) and forward.takes(
                forward.with_sizes({**found, **pair})
            ):
                found = {**found, **pair}
                break
    return found


def parts(forward: Forward, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Tell equal sizes apart that are equal by accident: some of them run when changed alone."""
    tries = iter(range(TRIES))
    return tuple(part for group in groups for part in parted(forward, group, tries))


def parted(forward: Forward, group: Group, tries: Iterator[int]) -> Iterator[Group]:
    """Split a group into the smallest parts that run when they are changed alone."""
    rest = group
    while len(rest) > 1:
        part = smallest_part(forward, rest, tries)
        yield part
        rest = tuple(each for each in rest if each not in part)
    if rest:
        yield rest


def smallest_part(forward: Forward, group: Group, tries: Iterator[int]) -> Group:
    """Find the fewest dimensions, the first among them, that can change without the rest."""
    first, *others = group
    taken = {size for shape in shapes_of(forward.args) for size in shape or ()}
    [size, *_] = (each for each in SIZES if each not in taken)
    for count in range(len(others)):
        for more in combinations(others, count):
            part = (first, *more)
            if next(tries, None) is None:
                return group
            if forward.takes(forward.with_sizes({part: size})):
                return part
    return group
