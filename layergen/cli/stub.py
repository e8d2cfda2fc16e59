"""Where in a written file a formula of the user's own may go."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Stub", "stubs"]

MARK = "torch.func.vjp"  # what a stub's backward is made of


@dataclass(frozen=True, slots=True)
class Stub:
    """The lines of one gradient, first and last, both 1-based."""

    gradient: str  # "grad_x"
    first: int
    last: int

    def __str__(self) -> str:
        return f"lines {self.first}-{self.last} ({self.gradient})"


def stubs(text: str) -> tuple[Stub, ...]:
    """Find the gradients that a generated file leaves to `torch.func.vjp`.

    Each is the inside of one `if`, and its last statement binds the gradient.
    """
    return tuple(
        Stub(bound(branch.body[-1]), branch.body[0].lineno, line(branch.body[-1]))
        for branch in branches(ast.parse(text))
    )


def branches(tree: ast.Module) -> Iterator[ast.If]:
    """Find the `if` blocks that call it, in the order of the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and MARK in ast.unparse(node.body[0]):
            yield node


def bound(statement: ast.stmt) -> str:
    """Tell the name that a statement such as `(grad_x,) = vjp(grad_out)` binds."""
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return names[0]


def line(statement: ast.stmt) -> int:
    """Tell a statement's last line."""
    return statement.end_lineno or statement.lineno
