"""Who hands what to a layer: its constructor's arguments, and those of its forward."""

from collections.abc import Sequence

from layergen.spec.model import Argument, ArgumentType, Form, LayerSpec

__all__ = ["constructor_arguments", "default_of", "inputs_of", "ordered"]


def inputs_of(layer: LayerSpec) -> tuple[Argument, ...]:
    """List what `forward` is called with."""
    if layer.forward.form is Form.METHOD:
        names = {each.name for each in layer.forward.signature}
        return tuple(each for each in layer.arguments if each.name in names)
    return tuple(each for each in layer.arguments if each.type.is_tensor)


def constructor_arguments(layer: LayerSpec) -> tuple[Argument, ...]:
    """List what the constructor is called with, required ones first."""
    given = {each.name for each in inputs_of(layer)}
    told = [each for each in layer.arguments if each.name not in given]
    told += [
        Argument(each.name, ArgumentType.BOOL, default="True")
        for each in layer.parameters
        if each.optional
    ]
    return ordered(told)


def ordered(arguments: Sequence[Argument]) -> tuple[Argument, ...]:
    """Move arguments behind those that Python wants first, and nothing else."""

    def rank(argument: Argument) -> int:
        if argument.keyword_only:
            return 2
        return int(default_of(argument) is not None)

    return tuple(sorted(arguments, key=rank))


def default_of(argument: Argument) -> str | None:
    """Take an argument's default; a tensor that may be left out is None."""
    if argument.type is ArgumentType.OPTIONAL_TENSOR and argument.default is None:
        return "None"
    return argument.default
