"""The views of op.py."""

from layergen.emit import words
from layergen.emit.refused import checks
from layergen.emit.views import ArgumentView, ForwardView, OpView
from layergen.ir.trial import Trial
from layergen.spec.model import ANY_SHAPE, Argument, Backward, Forward, OpSpec, Spec

__all__ = ["argument_views", "equation", "forward_view", "op_view", "returns_doc"]

LONGEST_EQUATION = 72  # characters; a longer one says less than the code


def op_view(spec: Spec, op: OpSpec, trial: Trial) -> OpView:
    """Describe the function that users call."""
    summary = op.forward.summary or spec.summary or f"Apply {op.name} to tensors"
    stated = equation(op.name, op.arguments, op.forward)
    exported = [op.name]
    if spec.backward is not Backward.AUTOGRAD:
        exported.insert(0, f"{spec.name}Function")
    return OpView(
        name=op.name,
        title=words.docstring(stated or f"The {op.name} op", indent=0),
        summary=words.docstring(summary),
        exports=tuple(f'"{name}"' for name in exported),
        signature=words.signature(op.arguments),
        returns=words.returned(trial.outputs),
        returns_doc=returns_doc(trial),
        arguments=argument_views(op.arguments),
        body=op.forward.body,
        checks=checks(spec.backward, op.name, op.arguments, trial),
    )


def equation(name: str, arguments: tuple[Argument, ...], forward: Forward) -> str:
    """State the mathematics on a line, where it is one: "swish(x) = x * torch.sigmoid(x)"."""
    if forward.expression is None or "\n" in forward.expression:
        return ""
    stated = f"{name}({words.joined(each.name for each in arguments)}) = {forward.expression}"
    return stated if len(stated) <= LONGEST_EQUATION else ""


def returns_doc(trial: Trial) -> str:
    """Say what comes out."""
    if trial.scalar:
        return "A scalar tensor."
    if not trial.returns:
        return "What the forward computes, in the dtype of its inputs."
    if trial.returns == (ANY_SHAPE,):
        return "A tensor of the inputs' shape, broadcast where they differ."
    shapes = " and ".join(words.shape_doc(shape) for shape in trial.returns)
    return f"{'Tensors' if trial.outputs > 1 else 'A tensor'} of shape {shapes}."


def argument_views(arguments: tuple[Argument, ...]) -> tuple[ArgumentView, ...]:
    """Describe the arguments of a function."""
    return tuple(
        ArgumentView(each.name, words.argument_doc(each), words.declaration(each))
        for each in arguments
    )


def forward_view(
    forward: Forward,
    arguments: tuple[Argument, ...],
    *,
    name: str,
    stands_alone: bool,
    outputs: int,
) -> ForwardView:
    """Describe the user's function as it stands at module level."""
    return ForwardView(
        name=name,
        signature=words.signature(arguments),
        returns=words.returned(outputs),
        preamble=forward.preamble.strip("\n"),
        body=forward.body.strip("\n"),
        stands_alone=stands_alone,
    )
