"""The view of an autograd.Function, whose backward is a stub."""

from collections.abc import Sequence

from layergen.emit import words
from layergen.emit.names import cotangent_names
from layergen.emit.views import FunctionView, GradientView
from layergen.ir.trial import Trial
from layergen.spec.model import Argument, Forward

__all__ = ["function_view"]


def function_view(
    name: str,
    arguments: Sequence[Argument],
    forward: Forward,
    trial: Trial,
    test_file: str,
) -> FunctionView:
    """Describe the Function of a forward over these arguments."""
    tensors = [each.name for each in arguments if each.type.is_tensor]
    scalars = [each.name for each in arguments if not each.type.is_tensor]
    names = [each.name for each in arguments]
    gradients = tuple(
        GradientView(index, each, f"grad_{each}")
        for index, each in enumerate(names)
        if each in trial.differentiable
    )
    cotangents = cotangent_names(trial.outputs, names)
    results = [
        f"grad_{each}" if each in trial.differentiable else "None" for each in names
    ]
    return FunctionView(
        name=f"{name}Function",
        summary="Differentiate the forward by running it again, for one input at a time.",
        test_file=test_file,
        signature=words.signature(arguments, plain=True),
        returns=words.returned(trial.outputs),
        body=forward.body,
        inputs=words.target(names),
        saved=words.joined(tensors),
        unpacked=words.target(tensors),
        scalars=tuple(scalars),
        arguments=words.joined(names),
        no_gradients=" = ".join(each.name for each in gradients),
        cotangent_signature=words.joined(f"{each}: Tensor" for each in cotangents),
        cotangents=(
            cotangents[0] if len(cotangents) == 1 else words.tuple_text(cotangents)
        ),
        gradients=gradients,
        results=words.target(results),
    )
