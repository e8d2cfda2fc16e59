"""Black over the rendered text, then a parse of what came out: we distrust our own output."""

import ast

import black
from black.mode import TargetVersion
from black.parsing import InvalidInput

__all__ = ["formatted"]

# The oldest Python that a generated file runs on; a fixed mode gives the same bytes everywhere.
MODE = black.Mode(target_versions={TargetVersion.PY310}, line_length=88)


def formatted(text: str, path: str) -> str:
    """Format a Python source as Black does.

    Raises:
        AssertionError: The template or a printer gave no valid Python; a bug of ours.
    """
    if not text:
        return text
    try:
        result = black.format_str(text, mode=MODE)
        ast.parse(result)
    except (InvalidInput, SyntaxError) as error:
        raise AssertionError(f"produced invalid code for {path}: {error}") from error
    return result
