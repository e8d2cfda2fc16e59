"""Slips of the finger: names that are nearly another, or that nothing uses."""

from collections.abc import Collection

from layergen.errors import BadRequest, Place
from layergen.spec.names import nearest

__all__ = ["one_off", "unused"]


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
        (
            at
            for at, pair in enumerate(zip(short, long, strict=False))
            if pair[0] != pair[1]
        ),
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


def unused(
    what: str, name: str, known: Collection[str], place: Place | None
) -> BadRequest:
    """Make the error for what is declared and used nowhere."""
    near = nearest(name, known)
    instead = (
        f"Did you mean {near!r}?" if near else "Use it in the forward, or drop it."
    )
    return BadRequest(
        f"the {what} {name!r} is used nowhere", place=place, instead=instead
    )
