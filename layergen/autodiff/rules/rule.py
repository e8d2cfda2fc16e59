"""What a rule is."""

from collections.abc import Callable
from typing import Any

__all__ = ["Rule", "is_literal"]

# rule(grad, out, *arguments of the operation) -> one gradient for each argument, None where
# nothing flows; NotImplemented where the rule does not cover the call.
Rule = Callable[..., Any]


def is_literal(value: Any, number: float) -> bool:
    """Tell whether a value was written as this number; a named argument never was."""
    return type(value) in (int, float) and bool(value == number)
