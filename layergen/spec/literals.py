"""Default values of arguments: literals, checked against the argument's type."""

import ast
import math

from layergen.spec.excerpt import Excerpt
from layergen.spec.model import ArgumentType

__all__ = ["default"]

WANTED = {
    ArgumentType.FLOAT: "Write a number, as in 1.0 or 1e-5.",
    ArgumentType.INT: "Write a whole number, as in 3.",
    ArgumentType.BOOL: "Write True or False.",
    ArgumentType.STR: "Close the quotes, or write the text without any.",
    ArgumentType.OPTIONAL_TENSOR: "The only default of a tensor? is None.",
    ArgumentType.TENSOR: "A tensor has no default; one that may be None is tensor?.",
    ArgumentType.INDEX: "An index has no default.",
}


def default(kind: ArgumentType, given: Excerpt) -> str:
    """Check a default value.

    Returns:
        The value as Python source: `1e-5` -> "1e-5", for a float `1` -> "1.0", for a str
        `same` -> "'same'".

    Raises:
        BadRequest: The text is no literal of that type.
    """
    source = written(kind, given.text)
    if source is None:
        raise given.wrong(
            f"{given.text!r} is no default for {kind.value}", instead=WANTED[kind]
        )
    return source


def written(kind: ArgumentType, text: str) -> str | None:
    """Spell the literal as source; None where it is not one of that type."""
    if kind is ArgumentType.STR and text[:1] not in ("'", '"'):
        return repr(text)
    value = literal(text)
    if kind is ArgumentType.STR:
        return text if isinstance(value, str) else None
    if kind is ArgumentType.BOOL:
        return text if isinstance(value, bool) else None
    if kind is ArgumentType.OPTIONAL_TENSOR:
        return text if text == "None" else None
    if kind.is_tensor or isinstance(value, bool):
        return None
    if kind is ArgumentType.INT:
        return text if isinstance(value, int) else None
    return float_source(text, value)


def float_source(text: str, value: object) -> str | None:
    """Spell a float; None for what is none, or is too large for one (1e999)."""
    try:
        number = float(value) if isinstance(value, int | float) else math.inf
    except OverflowError:
        return None
    if not math.isfinite(number):
        return None
    return repr(number) if isinstance(value, int) else text


def literal(text: str) -> object:
    """Read a Python literal; None where it is none."""
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value
