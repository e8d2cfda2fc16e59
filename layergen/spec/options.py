"""The texts of --arg, --shape, --param, --buffer, --submodule and --case."""

import ast
import re

from layergen.spec import constructors, literals, names, parameters, shapes
from layergen.spec.excerpt import Excerpt
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Case,
    Parameter,
    Shape,
    Submodule,
)

__all__ = [
    "argument",
    "argument_type",
    "case",
    "identifier",
    "parameter",
    "shape",
    "submodule",
]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def argument(text: str) -> Argument:
    """Read `--arg NAME:TYPE[=DEFAULT]`: `beta:float=1.0`."""
    given = Excerpt.of("--arg", text)
    head, colon, _ = text.partition(":")
    if not colon:
        raise given.wrong(
            f"{text!r} has no type", instead="Write NAME:TYPE[=DEFAULT]: beta:float=1.0"
        )
    name = identifier(given.cut(0, len(head)))
    kind_text, equals, _ = text[len(head) + 1 :].partition("=")
    after = len(head) + 1 + len(kind_text)
    kind = argument_type(given.cut(len(head) + 1, after))
    default = literals.default(kind, given.cut(after + 1)) if equals else None
    return Argument(name, kind, default)


def argument_type(given: Excerpt) -> ArgumentType:
    """Read an argument's type."""
    known = tuple(kind.value for kind in ArgumentType)
    if given.text not in known:
        near = names.nearest(given.text, known)
        raise given.wrong(
            f"unknown type {given.text!r}",
            instead=f"Did you mean {near!r}?" if near else f"Known: {', '.join(known)}",
        )
    return ArgumentType(given.text)


def identifier(given: Excerpt) -> str:
    """Check a name's spelling."""
    if not NAME.fullmatch(given.text):
        raise given.wrong(
            f"{given.text!r} is no name",
            instead="A name is of letters, digits and _, and begins with no digit.",
        )
    return given.text


def shape(text: str) -> tuple[str, Shape]:
    """Read `--shape NAME=DIM,DIM`: `x=batch,features`."""
    given = Excerpt.of("--shape", text)
    at = equals(given, "Write NAME=DIM,DIM: x=batch,features")
    return identifier(given.cut(0, at)), shapes.parse(given.cut(at + 1))


def equals(given: Excerpt, instead: str) -> int:
    """Find the first '='."""
    at = given.text.find("=")
    if at < 0:
        raise given.wrong(f"{given.text!r} has no '='", instead=instead)
    return at


def parameter(text: str, option: str = "--param") -> Parameter:
    """Read `--param NAME[?]=INIT[:DIM,DIM]`: `weight=normal(std=0.02):rows,columns`."""
    given = Excerpt.of(option, text)
    at = equals(
        given, "Write NAME=INIT[:DIM,DIM]: weight=normal(std=0.02):rows,columns"
    )
    optional = text[:at].rstrip().endswith("?")
    name = identifier(given.cut(0, text.rindex("?", 0, at) if optional else at))
    colon = last_colon(text)
    if colon < at:
        return parameters.parameter(name, given.cut(at + 1), None, optional)
    init, dims = given.cut(at + 1, colon), given.cut(colon + 1)
    return parameters.parameter(name, init, dims, optional)


def last_colon(text: str) -> int:
    """Find the last ':' outside brackets; -1 where there is none."""
    depth, found = 0, -1
    for at, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == ":" and depth == 0:
            found = at
    return found


def submodule(text: str, blocks: tuple[str, ...] = ()) -> Submodule:
    """Read `--submodule NAME=EXPR`: `reduce=nn.Linear(channels, 4)`."""
    given = Excerpt.of("--submodule", text)
    at = equals(given, "Write NAME=EXPR: reduce=nn.Linear(channels, 4)")
    name = identifier(given.cut(0, at))
    return Submodule(name, constructors.check(given.cut(at + 1), blocks))


def case(text: str) -> Case:
    """Read `--case NAME=VALUE,NAME=VALUE`: `channels=4,reduction=16`."""
    given = Excerpt.of("--case", text)
    values: dict[str, str] = {}
    for part in given.split(","):
        at = equals(part, "Write NAME=VALUE,NAME=VALUE: channels=4,reduction=16")
        name = identifier(part.cut(0, at))
        if name in values:
            raise part.wrong(f"{name!r} is given twice in one case")
        values[name] = case_value(part.cut(at + 1))
    return Case(tuple(values.items()))


def case_value(given: Excerpt) -> str:
    """Check a value: a number, True, False or a quoted text."""
    try:
        value = ast.literal_eval(given.text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, int | float | str):
        raise given.wrong(
            f"{given.text!r} is no value",
            instead="Write a number, True, False or a text in quotes.",
        )
    return repr(value)
