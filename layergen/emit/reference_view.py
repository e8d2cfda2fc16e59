"""The view of tests/reference.py: the user's own text."""

import ast

from layergen.emit.uses import binds
from layergen.emit.views import ReferenceView
from layergen.spec.forward import body_indented, module_uses
from layergen.spec.model import Form, Forward, Spec

__all__ = ["reference_view"]


def reference_view(spec: Spec) -> ReferenceView:
    """Gather the texts of every forward of the component, each as it was asked for."""
    texts: dict[str, None] = {}
    bound: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    for name, forward in named_forwards(spec):
        text = forward.text.strip("\n")
        if forward.form is Form.METHOD:
            text = in_class(name, forward)
        texts[text] = None
        bound |= binds(forward)
        used |= module_uses(forward.text)
    whole = "\n\n\n".join(texts)
    needed = used - bound
    return ReferenceView(
        not_with="op.py" if spec.op else "loss.py" if spec.loss else "layer.py",
        annotated=is_annotated(whole),
        needs_math="math" in needed,
        needs_torch="torch" in needed,
        needs_functional="F" in needed,
        needs_nn="nn" in needed,
        needs_tensor="Tensor" in needed,
        text=whole,
    )


def named_forwards(spec: Spec) -> list[tuple[str, Forward]]:
    """List the forwards with the names of what they belong to, the op's first."""
    found = [(each.name, each.forward) for each in (spec.op, spec.loss) if each]
    found += [
        (layer.name, layer.forward) for layer in spec.layers if not layer.calls_op
    ]
    return found


def in_class(name: str, forward: Forward) -> str:
    """Put a method's text into a class of the module's name, what it brings along before it."""
    lines = forward.text.splitlines(keepends=True)
    tree = ast.parse(forward.text)
    [method] = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == forward.name
    ]
    assert method.end_lineno is not None
    before = "".join(lines[: method.lineno - 1]).strip("\n")
    after = "".join(lines[method.end_lineno :]).strip("\n")
    text = "".join(lines[method.lineno - 1 : method.end_lineno]).strip("\n")
    head = "class " + name + ":\n"
    return "\n\n\n".join(
        part for part in (before, head + body_indented(text, 4), after) if part
    )


def is_annotated(text: str) -> bool:
    """Tell whether a function in the text has an annotation, which might name jaxtyping's types."""
    return any(
        isinstance(node, ast.FunctionDef)
        and (node.returns or any(arg.annotation for arg in node.args.args))
        for node in ast.walk(ast.parse(text))
    )
