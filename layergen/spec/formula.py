"""The text of --forward: an expression, from its characters to the text of a function."""

import ast
import io
import tokenize
import unicodedata
import warnings
from collections.abc import Mapping, Sequence

from layergen.errors import BadRequest
from layergen.spec.source import Source, depth
from layergen.spec.vocabulary import INSTEAD_OF_CHARACTER

__all__ = [
    "MAX_BRACKETS",
    "MAX_CHARACTERS",
    "MAX_LEVELS",
    "as_function",
    "expression_source",
    "in_order",
    "parse_expression",
]

MAX_CHARACTERS = 4000
MAX_BRACKETS = 50
MAX_LEVELS = 100  # of operators and calls: a sum of 100 terms has 100 levels
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
_WRITE_A_FUNCTION = (
    "Write a function in a file, and pass it as --from FILE.py:FUNCTION."
)
_SPLIT = f"{_WRITE_A_FUNCTION} It can name its parts, a line each."


def expression_source(text: str) -> Source:
    """Take the text of an expression, having looked at its characters.

    Raises:
        BadRequest: it is empty, too long, or holds what is no ASCII text.
    """
    source = Source.read("--forward", text.strip())
    if "\n" not in source.text:
        source = Source("--forward", source.text, None)
    if not source.text:
        raise BadRequest(
            "the expression of --forward is empty",
            instead='Write the formula: --forward "x * sigmoid(beta * x)".',
        )
    if len(source.text) > MAX_CHARACTERS:
        raise BadRequest(
            f"the expression of --forward has {len(source.text)} characters: "
            f"{MAX_CHARACTERS} at most",
            instead=_SPLIT,
        )
    for offset, character in enumerate(source.text):
        if character not in "\n\t" and not " " <= character <= "~":
            raise _foreign(source, offset)
    return source


def parse_expression(source: Source) -> ast.expr:
    """Parse the expression.

    Raises:
        BadRequest: a syntax error, with its column, or more levels than can be walked.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # 2(x) is refused with words of our own
            tree = _parsed(source)
        _check_brackets(source)
    except SyntaxError as error:
        raise _syntax_error(source, error) from None
    except (RecursionError, MemoryError, ValueError):
        raise _too_deep() from None
    if depth(tree) > MAX_LEVELS:
        raise _too_deep()
    return tree


def in_order(found: Sequence[str], declared: Sequence[str]) -> tuple[str, ...]:
    """Order an expression's arguments: undeclared ones as they appear, then declared ones."""
    undeclared = [name for name in found if name not in declared]
    return (*undeclared, *(name for name in declared if name in found))


def as_function(
    source: Source,
    name: str,
    arguments: Sequence[str],
    inserted: Mapping[int, str],
) -> str:
    """Write the expression as the text of a function that returns it.

    `x * sigmoid(x)` with "torch." inserted at 4 ->

        def swish(x):
            return x * torch.sigmoid(x)

    Args:
        source: the expression; it is kept verbatim.
        name: of the function.
        arguments: its arguments, in order.
        inserted: what is put into the expression, by position.
    """
    pieces, last = [], 0
    for offset in sorted(inserted):
        pieces += [source.text[last:offset], inserted[offset]]
        last = offset
    expression = "".join(pieces) + source.text[last:]
    if "\n" in expression:
        expression = f"(\n        {expression}\n    )"
    # The word apart: templates own the functions of layergen's, and this one is the user's.
    heading = " ".join(("def", f"{name}({', '.join(arguments)}):"))
    return f"{heading}\n    return {expression}\n"


def _parsed(source: Source) -> ast.expr:
    """Parse as it stands, or in brackets where it runs over several lines."""
    if "\n" not in source.text:
        return ast.parse(source.text, mode="eval").body
    tree = ast.parse(f"(\n{source.text}\n)", mode="eval")
    body = ast.increment_lineno(tree, -1).body
    if body.lineno == 0:  # a tuple takes the brackets for its own
        body.lineno, body.col_offset = 1, 0
        body.end_lineno = len(source.lines)
        body.end_col_offset = len(source.lines[-1])
    return body


def _check_brackets(source: Source) -> None:
    """Refuse brackets nested past what formatters can take, and `x) * (y` over lines.

    The parser forgets brackets, and has closed the ones that were put around lines.
    """
    several = "\n" in source.text
    text = f"(\n{source.text}\n)" if several else source.text
    level = 0
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    end = max(token.start for token in tokens if token.string == ")") if several else ()
    for token in tokens:
        level += (token.string in OPENING) - (token.string in CLOSING)
        if level > MAX_BRACKETS:
            raise _too_deep()
        if several and level == 0 and token.string in CLOSING and token.start != end:
            line, column = token.start
            raise SyntaxError(
                f"unmatched {token.string!r}", ("", line, column + 1, None)
            )


def _syntax_error(source: Source, error: SyntaxError) -> BadRequest:
    if error.msg.startswith("too many nested"):
        return _too_deep()
    if _is_statement(source.text):
        return BadRequest(
            "--forward takes an expression, and this is a statement",
            place=source.place_at(1, 1),
            instead=f"Write only the value: x * sigmoid(x). {_WRITE_A_FUNCTION}",
        )
    line = (error.lineno or 1) - ("\n" in source.text)  # of the bracket put before
    column = error.offset
    if line > len(source.lines) or not column:  # where the text ends too early
        line, column = len(source.lines), len(source.lines[-1]) + 1
    return BadRequest(
        f"syntax error in the expression: {error.msg}",
        place=source.place_at(line, column),
        instead="Write one Python expression: x * sigmoid(beta * x).",
    )


def _is_statement(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(tree.body)


def _too_deep() -> BadRequest:
    return BadRequest(
        f"the expression of --forward is nested too deeply: {MAX_LEVELS} levels of "
        f"operators and {MAX_BRACKETS} of brackets at most",
        instead=_SPLIT,
    )


def _foreign(source: Source, offset: int) -> BadRequest:
    """Name a character that formulas bring along from papers, or that looks like another."""
    character = source.text[offset]
    name = unicodedata.name(character, "a control character")
    place = source.place(offset)
    instead = INSTEAD_OF_CHARACTER.get(character)
    return BadRequest(
        f"the expression holds U+{ord(character):04X} ({name})",
        place=place,
        instead=(
            f"Write {instead}." if instead else "Write it with the letters a-z and A-Z."
        ),
    )
