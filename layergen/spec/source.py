"""A text of the user's: where its parts stand, for messages and for verbatim pieces."""

import ast
import io
import tokenize
import warnings
from dataclasses import dataclass
from typing import Self, TypeAlias

from layergen.errors import BadRequest, Place

__all__ = ["MAX_DEPTH", "Located", "Source", "string_lines"]

# Later rooms walk the tree by recursion, and Python stops at 1000 frames (sys.getrecursionlimit).
MAX_DEPTH = 200

WIDEST = 240  # characters of a line that a message still shows
Located: TypeAlias = ast.arg | ast.expr | ast.keyword | ast.stmt


@dataclass(frozen=True, slots=True)
class Source:
    """Python text, and what messages call it.

    Attributes:
        name: `--forward`, `forwards.py`.
        text: with line feeds alone between lines, whatever the file has.
        first_line: the number that messages give to the first line; None names no lines.
    """

    name: str
    text: str
    first_line: int | None = 1

    @classmethod
    def read(cls, name: str, text: str, first_line: int | None = 1) -> Self:
        """Take a text as typed or as stored, with the line ends of any system."""
        return cls(name, text.replace("\r\n", "\n").replace("\r", "\n"), first_line)

    @property
    def lines(self) -> list[str]:
        """The lines, as Python's parser counts them (a form feed ends none)."""
        return self.text.split("\n")

    def offset(self, line: int, column: int) -> int:
        """Where in the text a position of ast's is: its columns count UTF-8 bytes."""
        lines = self.lines
        before = sum(len(line) + 1 for line in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode(errors="ignore"))

    def span(self, node: Located) -> tuple[int, int]:
        """Start and end of a node in the text."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The node as the user wrote it."""
        start, end = self.span(node)
        return self.text[start:end]

    def place(self, offset: int) -> Place:
        """The line and column of a position in the text."""
        line = self.text.count("\n", 0, offset)
        column = offset - (self.text.rfind("\n", 0, offset) + 1)
        return self.place_at(line + 1, column + 1)

    def place_at(self, line: int, column: int | None = None) -> Place:
        """The place of a 1-based line and column; past the text's end, its end."""
        lines = self.lines
        line = max(1, min(line, len(lines)))
        shown = _printable(lines[line - 1])
        number = None if self.first_line is None else self.first_line + line - 1
        if column is not None:
            column = max(1, min(column, len(shown) + 1))
        return Place(self.name, number, column, shown if len(shown) <= WIDEST else None)

    def refuse(self, node: Located, what: str, instead: str) -> BadRequest:
        """Make the error that points at a node, and of an attribute at its name."""
        start, end = self.span(node)
        if isinstance(node, ast.Attribute):
            start = end - len(node.attr)
        return BadRequest(what, place=self.place(start), instead=instead)

    def parse(self) -> ast.Module:
        """The text as a module.

        Raises:
            BadRequest: it isn't Python, or it is nested past what can be walked.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an odd "\d" is theirs to keep
                tree = ast.parse(self.text)
                compile(self.text, self.name, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise BadRequest(
                f"{self.name} is not valid Python: {error.msg}",
                place=self.place_at(error.lineno or 1, error.offset),
            ) from None
        except (RecursionError, MemoryError):
            raise self._too_deep() from None
        except ValueError as error:  # NUL bytes, lone surrogates
            raise BadRequest(f"{self.name} is not valid Python: {error}") from None
        if depth(tree) > MAX_DEPTH:
            raise self._too_deep()
        return tree

    def _too_deep(self) -> BadRequest:
        return BadRequest(
            f"{self.name} is nested too deeply: {MAX_DEPTH} levels at most",
            instead="Give parts of the formula names of their own, a line each.",
        )


def _printable(line: str) -> str:
    """One column for each character, so that the caret stays below what it shows."""
    characters = (
        each if each.isprintable() else "?" for each in line.replace("\t", " ")
    )
    return "".join(characters)


def depth(tree: ast.AST) -> int:
    """How many levels of nodes there are, counted without recursion."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return deepest


def string_lines(text: str) -> frozenset[int]:
    """The 1-based lines that begin inside a string: white space there is content."""
    inside: set[int] = set()
    started: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind in ("FSTRING_START", "TSTRING_START"):  # Python 3.12 takes them apart
            started.append(token.start[0])
        first = started[-1] if started else token.start[0]
        if kind in ("STRING", "FSTRING_END", "TSTRING_END"):
            inside.update(range(first + 1, token.end[0] + 1))
        if kind in ("FSTRING_END", "TSTRING_END"):
            started.pop()
    return frozenset(inside)
