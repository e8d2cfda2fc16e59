"""A rule as it is written, and one small fault in it."""

import ast
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Kind", "Mutant", "Statement"]


class Kind(StrEnum):
    """What was changed."""

    SIGN = "sign flipped"
    TERM = "term dropped"
    FACTOR = "factor dropped"
    GRADIENT = "gradient dropped"
    REDUCTION = "reduction dropped"
    MOVE = "transpose, flip or roll dropped"
    MASK = "mask or clamp dropped"
    SWAP = "operands swapped"
    BOUNDARY = "boundary moved"
    NUMBER = "number changed"


@dataclass(frozen=True, slots=True)
class Statement:
    """A function of a rules module, or a constant that its functions read.

    Attributes:
        module: "activations".
        name: "gelu", "SELU_SCALE", "Heads.attend".
    """

    module: str
    name: str
    tree: ast.stmt

    @property
    def title(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A statement with one fault.

    Attributes:
        before, after: the expression that was changed: "a + b", "a - b".
        again: how many the same changes come before it in the statement.
        lines: first and last line of the expression.
        tree: the whole statement, with the fault in it.
    """

    statement: Statement
    kind: Kind
    before: str
    after: str
    again: int
    lines: tuple[int, int]
    tree: ast.stmt

    @property
    def change(self) -> str:
        """Spell the change, as the reviewed list does."""
        twice = f" #{self.again + 1}" if self.again else ""
        return f"{self.before} -> {self.after}{twice}"

    @property
    def title(self) -> str:
        return f"{self.statement.title}: {self.change}"
