"""The view of loss.py."""

from collections.abc import Iterator

from layergen.emit import words
from layergen.emit.picked import picked
from layergen.emit.refused import checks
from layergen.emit.views import ArgumentView, LossView, SettingView, TensorView
from layergen.ir.trial import Trial
from layergen.spec.forward import inlined
from layergen.spec.model import Argument, ArgumentType, Backward, LossSpec, Spec

__all__ = ["loss_view", "stands_alone"]

REDUCTION = Argument("reduction", ArgumentType.STR, '"mean"', keyword_only=True)


def loss_view(spec: Spec, loss: LossSpec, trial: Trial) -> LossView:
    """Describe the function, and the module that calls it."""
    tensors = [each for each in loss.arguments if each.type.is_tensor]
    scalars = [each for each in loss.arguments if not each.type.is_tensor]
    reduction = () if trial.scalar else (REDUCTION,)
    summary = loss.forward.summary or spec.summary or f"Compute the {loss.name} loss"
    return LossView(
        name=loss.name,
        class_name=loss.class_name,
        title=words.docstring(f"The {loss.name} loss", indent=0),
        summary=words.docstring(summary),
        exports=exports(spec, loss),
        signature=words.signature((*loss.arguments, *reduction)),
        arguments=tuple(
            ArgumentView(each.name, words.argument_doc(each), words.declaration(each))
            for each in loss.arguments
        ),
        returns_doc=returns_doc(trial),
        reduces=not trial.scalar,
        raises=tuple(raises(spec, loss, trial)),
        checks=checks(spec.backward, loss.name, loss.arguments, trial),
        unreduced=unreduced(spec, loss, trial),
        tensors=tuple(
            TensorView(each.name, words.shape_doc(each.shape)) for each in tensors
        ),
        settings=tuple(
            SettingView(each.name, each.name, words.argument_doc(each))
            for each in scalars
        ),
        has_constructor=bool(scalars or reduction),
        constructor=", ".join(("self", words.signature((*scalars, *reduction)))),
        forward_signature=words.signature(tensors),
        forward_call=module_call(loss, reduces=not trial.scalar),
        extra_repr=extra_repr((*scalars, *reduction)),
    )


def exports(spec: Spec, loss: LossSpec) -> tuple[str, ...]:
    """List what `from .loss import *` would give."""
    names = [loss.class_name, loss.name]
    if spec.backward is not Backward.AUTOGRAD:
        names.insert(1, f"{loss.class_name}Function")
    return tuple(f'"{name}"' for name in names)


def returns_doc(trial: Trial) -> str:
    """Say what comes out."""
    if trial.scalar:
        return "The loss, a scalar tensor."
    each = "one loss each"
    if trial.returns:
        each = f"a tensor of shape {words.shape_doc(trial.returns[0])}"
    return f'A scalar tensor; for reduction "none", {each}.'


def raises(spec: Spec, loss: LossSpec, trial: Trial) -> Iterator[str]:
    """Say when it raises an error."""
    if not trial.scalar:
        yield 'ValueError: reduction is none of "none", "mean" and "sum".'
    for each in checks(spec.backward, loss.name, loss.arguments, trial):
        yield from each.doc


def stands_alone(spec: Spec, loss: LossSpec) -> bool:
    """Tell whether the user's function is wanted at module level."""
    plain = spec.backward is Backward.AUTOGRAD
    return plain and (
        loss.forward.expression is None or "\n" in loss.forward.expression
    )


def unreduced(spec: Spec, loss: LossSpec, trial: Trial) -> str:
    """Write the expression of the losses before they are reduced."""
    names = [each.name for each in loss.arguments]
    if spec.backward is not Backward.AUTOGRAD:
        applied = f"{loss.class_name}Function.apply({words.joined(names)})"
        return applied + picked(trial)
    if stands_alone(spec, loss):
        values = [
            f"{each.name}={each.name}" if each.keyword_only else each.name
            for each in loss.forward.signature
        ]
        return f"unreduced_{loss.name}({words.joined(values)})"
    assert loss.forward.expression is not None
    return inlined(loss.forward.expression, {})


def module_call(loss: LossSpec, *, reduces: bool) -> str:
    """Write what the module hands to the function."""
    values = []
    by_name = False
    for each in loss.arguments:
        value = each.name if each.type.is_tensor else f"self.{each.name}"
        by_name = by_name or each.keyword_only
        values.append(f"{each.name}={value}" if by_name else value)
    return words.joined([*values, *(["reduction=self.reduction"] * reduces)])


def extra_repr(arguments: tuple[Argument, ...]) -> tuple[str, ...]:
    """Write the f-strings that describe the constructor's arguments."""
    return words.lines_of([f"{each.name}={{self.{each.name}}}" for each in arguments])
