"""The files of an op, and those of a loss."""

from collections.abc import Iterator

from layergen.emit.case_view import inputs_view, outputs_view
from layergen.emit.derived_view import derived_view
from layergen.emit.entry import Entry, entry
from layergen.emit.function_view import function_view
from layergen.emit.loss_view import loss_view, stands_alone
from layergen.emit.op_view import equation, forward_view, op_view
from layergen.emit.test_view import function_test_view, subject_view
from layergen.emit.uses import uses_of
from layergen.emit.views import DerivedView, FunctionView
from layergen.ir.trial import Trial
from layergen.spec.model import Backward, Forward, LossSpec, OpSpec, Spec

__all__ = ["loss_entries", "op_entries"]


def op_entries(spec: Spec, op: OpSpec, trial: Trial, package: str) -> Iterator[Entry]:
    """List op.py and its test."""
    function = made_function(spec, op, trial, "test_op.py")
    before = forward_view(
        op.forward,
        op.arguments,
        name=op.name,
        stands_alone=False,
        outputs=trial.outputs,
    )
    yield entry(
        "op.py",
        "op/op.py",
        op=op_view(spec, op, trial),
        function=function,
        forwards=(before,),
        uses=uses_of([op.forward], texts(op.forward, function)),
    )
    yield entry(
        "tests/test_op.py",
        test=function_test_view(op, package, trial),
        subject=subject_view(spec, op, op.name, trial),
        inputs=inputs_view(op.arguments, trial, from_user=op.forward.example_inputs),
        outputs=outputs_view(trial),
    )


def loss_entries(
    spec: Spec, loss: LossSpec, trial: Trial, package: str
) -> Iterator[Entry]:
    """List loss.py and its test."""
    function = made_function(spec, loss, trial, "test_loss.py")
    before = forward_view(
        loss.forward,
        loss.arguments,
        name=f"unreduced_{loss.name}",
        stands_alone=stands_alone(spec, loss),
        outputs=1,
    )
    yield entry(
        "loss.py",
        "loss/loss.py",
        loss=loss_view(spec, loss, trial),
        function=function,
        forwards=(before,),
        uses=uses_of([loss.forward], texts(loss.forward, function)),
    )
    tested = loss.name if trial.scalar else "unreduced"
    yield entry(
        "tests/test_loss.py",
        test=function_test_view(loss, package, trial),
        subject=subject_view(spec, loss, tested, trial),
        inputs=inputs_view(
            loss.arguments, trial, from_user=loss.forward.example_inputs
        ),
        outputs=outputs_view(trial),
    )


def made_function(
    spec: Spec,
    made: OpSpec | LossSpec,
    trial: Trial,
    test_file: str,
) -> FunctionView | DerivedView | None:
    """Describe the component's Function, where it has one."""
    if spec.backward is Backward.AUTOGRAD:
        return None
    arguments, forward = made.arguments, made.forward
    if trial.derived:
        return derived_view(
            f"{spec.name}Function",
            arguments,
            forward,
            trial.derived,
            equation(made.name, arguments, forward) or made.name,
        )
    assert spec.backward is Backward.STUB, "a derived backward has been derived"
    return function_view(spec.name, arguments, forward, trial, test_file)


def texts(forward: Forward, function: FunctionView | DerivedView | None) -> list[str]:
    """List what may need an import: the user's text, and that of a Function."""
    if isinstance(function, DerivedView):
        return [forward.preamble, *function.texts]
    return [forward.preamble, forward.body, *(["torch"] if function else [])]
