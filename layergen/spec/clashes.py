"""Names of the user's text against those that the generated files define beside it."""

import ast
from collections.abc import Iterator

from layergen.errors import BadRequest, Place
from layergen.spec.model import Form, Forward, Spec

__all__ = ["check"]

IMPORTED = frozenset({"Any", "Function", "FunctionCtx"})
LOSS = frozenset({"REDUCTIONS", "check_reduction"})


def check(spec: Spec) -> None:
    """Refuse a helper, constant, import or argument that a generated name would hide.

    Raises:
        BadRequest: Two things would have one name, or the forward calls itself.
    """
    functions = frozenset({f"{spec.name}Function"})
    classes = frozenset(layer.name for layer in spec.layers)
    if spec.op:
        refuse(spec.op.forward, functions | IMPORTED, own=spec.op.name)
    for layer in spec.layers:
        if not layer.calls_op:
            refuse(layer.forward, classes, own="")
    if spec.loss:
        name = spec.loss.name
        taken = functions | IMPORTED | LOSS | {spec.loss.class_name}
        refuse(spec.loss.forward, taken | {f"unreduced_{name}"}, own=name)


def refuse(forward: Forward, taken: frozenset[str], own: str) -> None:
    """Refuse the first name that is taken; `own` is the public function's."""
    tree = ast.parse(forward.text)
    arguments = {each.name for each in forward.signature}
    for name, line in bound(tree):
        hidden = name == own and name != forward.name
        if name in taken or hidden:
            raise clash(name, forward, line)
    for name in sorted(arguments & (taken | ({own} if own else set()))):
        raise clash(name, forward, 1)
    if forward.form is Form.FUNCTION and calls_itself(tree, forward.name):
        raise BadRequest(
            f"{forward.name} calls itself",
            place=Place(forward.source, forward.first_line or None),
            instead="Write it as a loop: the generated function has its name.",
        )


def clash(name: str, forward: Forward, line: int) -> BadRequest:
    """Word the refusal."""
    return BadRequest(
        f"{name!r} is a name that the generated file gives to something else",
        place=Place(forward.source, max(forward.first_line, line) or None),
        instead="Rename it in your text, or choose another NAME.",
    )


def bound(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """List the names that stand at the top of a text, with their lines."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name.partition(".")[0], node.lineno
        else:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id, node.lineno


def calls_itself(tree: ast.Module, name: str) -> bool:
    """Tell whether a function reads its own name."""
    return any(
        isinstance(inner, ast.Name) and inner.id == name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == name
        for inner in ast.walk(node)
    )
