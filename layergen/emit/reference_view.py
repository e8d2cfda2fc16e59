"""The view of tests/reference.py: the user's own text."""

import ast
from dataclasses import replace

from layergen.emit.uses import binds
from layergen.emit.views import ReferencePartView, ReferenceView
from layergen.spec.forward import body_indented, module_uses
from layergen.spec.model import Form, Forward, Spec

__all__ = ["reference_view"]

APART = "\n\n"


def reference_view(spec: Spec) -> ReferenceView:
    """Gather the texts of every forward of the component, each as it was asked for."""
    forwards = named_forwards(spec)
    parts = [part for name, forward in forwards for part in parts_of(name, forward)]
    bound = frozenset[str]().union(*(binds(forward) for _, forward in forwards))
    used = frozenset[str]().union(
        *(module_uses(forward.text) for _, forward in forwards)
    )
    needed = used - bound
    return ReferenceView(
        not_with="op.py" if spec.op else "loss.py" if spec.loss else "layer.py",
        annotated=any(is_annotated(forward.text) for _, forward in forwards),
        needs_math="math" in needed,
        needs_torch="torch" in needed,
        needs_functional="F" in needed,
        needs_nn="nn" in needed,
        needs_tensor="Tensor" in needed,
        parts=apart(tuple(dict.fromkeys(parts)), has_imports=bool(needed)),
    )


def apart(
    parts: tuple[ReferencePartView, ...], *, has_imports: bool
) -> tuple[ReferencePartView, ...]:
    """Put the first part near: imports of the user's own go on where ours end."""
    first, *rest = parts
    begins = ast.parse(first.text).body[0] if not first.class_name else None
    if isinstance(begins, ast.Import | ast.ImportFrom):
        first = replace(first, gap="")
    elif not has_imports:
        first = replace(first, gap="\n")
    return (first, *rest)


def named_forwards(spec: Spec) -> list[tuple[str, Forward]]:
    """List the forwards with the names of what they belong to, the op's first."""
    found = [(each.name, each.forward) for each in (spec.op, spec.loss) if each]
    found += [
        (layer.name, layer.forward) for layer in spec.layers if not layer.calls_op
    ]
    return found


def parts_of(name: str, forward: Forward) -> list[ReferencePartView]:
    """Take a text as it is, but a method into a class of the module's name."""
    if forward.form is Form.FUNCTION:
        return [ReferencePartView(APART, "", forward.text.strip("\n"))]
    lines = forward.text.splitlines(keepends=True)
    [method] = [
        node
        for node in ast.parse(forward.text).body
        if isinstance(node, ast.FunctionDef) and node.name == forward.name
    ]
    start, end = method.lineno - 1, method.end_lineno
    found = [
        ReferencePartView(APART, "", "".join(lines[:start]).strip("\n")),
        ReferencePartView(
            APART, name, body_indented("".join(lines[start:end]), 4).rstrip()
        ),
        ReferencePartView(APART, "", "".join(lines[end:]).strip("\n")),
    ]
    return [part for part in found if part.text]


def is_annotated(text: str) -> bool:
    """Tell whether a function in the text has an annotation, which might name jaxtyping's types."""
    return any(
        isinstance(node, ast.FunctionDef)
        and (node.returns or any(arg.annotation for arg in node.args.args))
        for node in ast.walk(ast.parse(text))
    )
