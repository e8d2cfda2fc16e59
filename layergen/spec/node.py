"""A value of layergen.toml that knows its line, so that errors can point at it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from layergen.errors import BadRequest, Place
from layergen.spec import names
from layergen.spec.excerpt import Excerpt

__all__ = ["Node"]

HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
KEY = re.compile(r"\s*[\"']?([^\s\"'=]+)[\"']?\s*=")
QUOTES = re.compile(r"'''|\"\"\"")


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file.

    Attributes:
        source: the file, as messages name it: `swish/layergen.toml`.
        file: the file's whole text.
        path: the keys that lead to the value; a number counts the tables of an array.
        value: what the TOML parser made of it.
    """

    source: str
    file: str
    path: tuple[str, ...]
    value: object

    @property
    def name(self) -> str:
        """The value's own key."""
        return self.path[-1]

    def table(self, known: Iterable[str] | None = None) -> dict[str, "Node"]:
        """Take a table apart, and refuse keys that are not known."""
        if not isinstance(self.value, dict):
            raise self.wrong(f"{self.spelled} is no table")
        found = {key: self.child(key, value) for key, value in self.value.items()}
        for key, child in found.items():
            if known is not None and key not in known:
                raise child.unknown(known)
        return found

    def items(self) -> tuple["Node", ...]:
        """Take a list apart."""
        if not isinstance(self.value, list):
            raise self.wrong(f"{self.spelled} is no list")
        return tuple(self.child(str(at), value) for at, value in enumerate(self.value))

    def string(self) -> str:
        """Take a text."""
        if not isinstance(self.value, str):
            raise self.wrong(f"{self.spelled} is no text", "Put it into quotes.")
        return self.value

    def boolean(self) -> bool:
        """Take true or false."""
        if not isinstance(self.value, bool):
            raise self.wrong(f"{self.spelled} is neither true nor false")
        return self.value

    def child(self, key: str, value: object) -> "Node":
        """Step to a value inside this one."""
        return Node(self.source, self.file, (*self.path, key), value)

    @property
    def spelled(self) -> str:
        """The path as the file spells it: `arguments.x`."""
        return ".".join(self.path) or "the file"

    def unknown(self, known: Iterable[str]) -> BadRequest:
        """Make the error for a key that nothing reads."""
        near = names.nearest(self.name, tuple(known))
        instead = f"Did you mean {near!r}?" if near else f"Known: {', '.join(known)}."
        return self.wrong(f"unknown key {self.spelled!r}", instead)

    def wrong(self, what: str, instead: str = "") -> BadRequest:
        """Make the error that points at this value's line."""
        return BadRequest(what, place=self.place(), instead=instead)

    def place(self) -> Place:
        """Tell the line of the value, or of what it stands in."""
        line = self.line()
        text = None if line is None else self.file.splitlines()[line - 1]
        return Place(self.source, line, None, text)

    def excerpt(self) -> Excerpt:
        """Take a text as a piece of its line."""
        value, line = self.string(), self.line()
        if line is None:
            return Excerpt.of(self.source, value)
        whole = self.file.splitlines()[line - 1]
        start = whole.find(value, whole.find(self.name) + len(self.name))
        if start < 0 or not value:
            line += whole.rstrip().endswith(("'''", '"""'))  # the text begins below
            return Excerpt(self.source, value, 0, len(value), line)
        return Excerpt(self.source, whole, start, start + len(value), line)

    def line(self) -> int | None:
        """Find the 1-based line of the value, or of the nearest table around it."""
        found = lines(self.file)
        for length in range(len(self.path), 0, -1):
            if (line := found.get(self.path[:length])) is not None:
                return line
        return None


def lines(text: str) -> dict[tuple[str, ...], int]:
    """Find the line of every header and key; those inside long texts are none."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    arrays: dict[tuple[str, ...], int] = {}
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        outside, inside = not inside, inside ^ (len(QUOTES.findall(line)) % 2 == 1)
        if not outside:
            continue
        if header := HEADER.match(line):
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1] == "[[":
                arrays[table] = arrays.get(table, -1) + 1
                table = (*table, str(arrays[table]))
            found.setdefault(table, number)
        elif key := KEY.match(line):
            found.setdefault((*table, *key[1].split(".")), number)
    return found
