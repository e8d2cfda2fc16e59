"""A piece of what the user typed, which knows where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from layergen.errors import BadRequest, Place

__all__ = ["Excerpt", "Where"]

# Tells where a name was declared: ("arguments", "beta") -> the text of its --arg.
Where: TypeAlias = Callable[[str, str], Place | None]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The stretch `whole[start:stop]` of an option or of a file's line.

    Attributes:
        source: what it was typed into: `--shape`, `swish/layergen.toml`.
        whole: all of the option's text, or the line of the file.
        line: 1-based line of the file on which `whole` begins.
    """

    source: str
    whole: str
    start: int
    stop: int
    line: int | None = None

    @classmethod
    def of(cls, source: str, text: str) -> "Excerpt":
        """Take the whole of an option's text."""
        return cls(source, text, 0, len(text))

    @property
    def text(self) -> str:
        """The piece itself."""
        return self.whole[self.start : self.stop]

    def cut(self, start: int, stop: int | None = None) -> "Excerpt":
        """Take the part from `start` to `stop` of this piece, without blanks around it."""
        part = self.text[start:stop]
        first = self.start + start + len(part) - len(part.lstrip())
        return Excerpt(
            self.source, self.whole, first, first + len(part.strip()), self.line
        )

    def split(self, separator: str) -> tuple["Excerpt", ...]:
        """Take the parts between separators, each without blanks around it."""
        parts: list[Excerpt] = []
        start = 0
        for part in self.text.split(separator):
            parts.append(self.cut(start, start + len(part)))
            start += len(part) + len(separator)
        return tuple(parts)

    def place(self, at: int = 0) -> Place:
        """Tell the place of the character `at` of this piece."""
        before = self.whole[: self.start + at]
        first = before.rfind("\n") + 1
        rest = self.whole[first:].split("\n", 1)[0]
        line = None if self.line is None else self.line + before.count("\n")
        return Place(self.source, line, len(before) - first + 1, rest)

    def wrong(self, what: str, at: int = 0, instead: str = "") -> BadRequest:
        """Make the error that points at the character `at` of this piece."""
        return BadRequest(what, place=self.place(at), instead=instead)
