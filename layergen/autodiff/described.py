"""A function that lives in Python, described as a request describes one."""

import inspect
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor

from layergen.autodiff.functional import Subject, own_text
from layergen.spec.model import Argument, ArgumentType, Form, Forward

__all__ = ["arguments_of", "text_of"]


def arguments_of(subject: Subject) -> tuple[Argument, ...]:
    """Describe the arguments by their values, and by the defaults that they have."""
    defaults = defaults_of(subject)
    return tuple(
        Argument(name, type_of(each), defaults.get(name))
        for name, each in subject.given.items()
    )


def defaults_of(subject: Subject) -> dict[str, str]:
    """Spell the numbers, flags and strings that arguments have where they are not given."""
    if subject.own is None:
        return {}
    parameters = inspect.signature(subject.own).parameters.values()
    return {
        each.name: repr(each.default)
        for each in parameters
        if isinstance(each.default, bool | int | str)
        or (isinstance(each.default, float) and math.isfinite(each.default))
    }


def type_of(value: Any) -> ArgumentType:
    """Tell an argument's type by its value."""
    if isinstance(value, Tensor):
        floating = value.is_floating_point() or value.is_complex()
        return ArgumentType.TENSOR if floating else ArgumentType.INDEX
    types: Mapping[type, ArgumentType] = {
        bool: ArgumentType.BOOL,
        int: ArgumentType.INT,
        float: ArgumentType.FLOAT,
        str: ArgumentType.STR,
    }
    return types.get(type(value), ArgumentType.OPTIONAL_TENSOR)


def text_of(subject: Subject, arguments: tuple[Argument, ...], outputs: int) -> Forward:
    """Take the user's own statements, where they can stand alone; else they are printed."""
    empty = Forward(
        name=subject.name,
        form=Form.FUNCTION,
        text="",
        imports=(),
        preamble="",
        signature=arguments,
        body="",
        expression=None,
        summary="",
        outputs=outputs,
        example_inputs=False,
        source="",
        first_line=0,
    )
    found = own_text(subject)
    if found is None:
        return empty
    return replace(
        empty,
        text=found.text,
        body=found.body,
        expression=found.expression,
        summary=found.summary,
    )
