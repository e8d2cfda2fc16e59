"""The texts of one derivation, as the views take them."""

from dataclasses import dataclass

__all__ = ["Printed", "Statements"]


@dataclass(frozen=True, slots=True)
class Statements:
    """Lines of backward, and the positions of the arguments whose gradients need them."""

    owners: tuple[int, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """The texts of one derivation.

    Attributes:
        forward: statements that compute the outputs and what is kept.
        saved: names of what is saved: arguments, then the rest.
        outputs: a target for each of what forward returns: "_" where it is not wanted.
        marked: names of the outputs that have no gradient, kept ones included.
        kept: names of what is returned for backward alone.
        ways_back: names of the incoming gradients of the first of these.
        scalars: numbers that backward uses.
        shapes: arguments whose shapes backward uses without their values.
        rebuilt: lines that compute what was kept again, for a second derivative.
        backward: the statements.
        cotangents: names of the incoming gradients.
        gradients: positions of the arguments that have one.
        formulas: lines of mathematics: what each gradient is.
    """

    forward: str
    saved: tuple[str, ...]
    outputs: tuple[str, ...]
    marked: tuple[str, ...]
    kept: tuple[str, ...]
    ways_back: tuple[str, ...]
    scalars: tuple[str, ...]
    shapes: tuple[str, ...]
    rebuilt: tuple[str, ...]
    backward: tuple[Statements, ...]
    cotangents: tuple[str, ...]
    gradients: tuple[int, ...]
    formulas: tuple[str, ...]
