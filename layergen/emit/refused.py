"""What a function with a derived backward refuses before it computes."""

from layergen.emit.shape_checks import shape_check
from layergen.emit.views import CheckView
from layergen.ir.trial import Pinned, Trial
from layergen.spec.model import ANY_SHAPE, Argument, ArgumentType

__all__ = ["checks"]

OPTIONAL = ArgumentType.OPTIONAL_TENSOR


def checks(
    name: str, arguments: tuple[Argument, ...], trial: Trial
) -> tuple[CheckView, ...]:
    """List what a function refuses, where its gradient does not hold for all."""
    if trial.pinned is Pinned.NOTHING:
        return ()
    leads = {
        each.name: len(each.shape.dims) - 1
        for each in arguments
        if "..." in each.shape.dims
    }
    tensors = [each for each in arguments if each.type.is_tensor]
    loose = leads if any(each.shape != ANY_SHAPE for each in tensors) else {}
    optional = [each.name for each in arguments if each.type is OPTIONAL]
    check = shape_check(name, trial.derived[0], trial.pinned, loose, optional)
    return (check,) if check else ()
