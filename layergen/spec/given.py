"""The options of a `new-*` command, read."""

import re
from collections.abc import Sequence
from pathlib import Path

from layergen.errors import BadRequest, Place
from layergen.spec import assemble, options
from layergen.spec.assemble import Declared
from layergen.spec.excerpt import Excerpt, Where
from layergen.spec.formula import as_function
from layergen.spec.forward import from_expression, from_file, from_text, inlined
from layergen.spec.model import Argument, Form, Forward
from layergen.spec.request import Request
from layergen.spec.source import Source

__all__ = ["check_sources", "declared", "describes", "forward", "has_source", "where"]

TABLES = {
    "arguments": "--arg",
    "shapes": "--shape",
    "parameters": "--param",
    "buffers": "--buffer",
    "submodules": "--submodule",
    "cases": "--case",
}


def check_sources(request: Request) -> None:
    """Refuse two forwards, and a description of a forward that is not given.

    Raises:
        BadRequest: More than one of --forward, --from and --like, or an option beside
            none of them or --like that describes a forward.
    """
    sources = {
        "--forward": request.forward,
        "--from": request.from_,
        "--like": request.like,
    }
    given = [option for option, text in sources.items() if text is not None]
    if len(given) > 1:
        raise BadRequest(
            f"{' and '.join(given)} each give a forward",
            instead="Give one of them.",
        )
    if request.like is not None and describes(request):
        raise BadRequest(
            f"{describes(request)} can't change the example {request.like!r}",
            instead="Make it without that, edit its layergen.toml, and regenerate.",
        )


def has_source(request: Request) -> bool:
    """Whether the request brings the text of a forward."""
    return request.forward is not None or request.from_ is not None


def describes(request: Request) -> str | None:
    """Name the first option that describes a forward."""
    return next(
        (option for table, option in TABLES.items() if texts(request, table)), None
    )


def texts(request: Request, table: str) -> tuple[str, ...]:
    """Take the texts of one option."""
    found: tuple[str, ...] = getattr(request, table)
    return found


def declared(request: Request) -> Declared:
    """Read what the options declare.

    Raises:
        BadRequest: One does not parse, or a name is given twice.
    """
    shapes = tuple(options.shape(text) for text in request.shapes)
    found = Declared(
        arguments=tuple(options.argument(text) for text in request.arguments),
        shapes=shapes,
        parameters=tuple(options.parameter(text) for text in request.parameters),
        buffers=tuple(options.parameter(text, "--buffer") for text in request.buffers),
        submodules=tuple(options.submodule(text) for text in request.submodules),
        cases=tuple(options.case(text) for text in request.cases),
    )
    check_once(request, "arguments", [each.name for each in found.arguments])
    check_once(request, "shapes", [name for name, _ in shapes])
    check_once(request, "parameters", [each.name for each in found.parameters])
    check_once(request, "buffers", [each.name for each in found.buffers])
    check_once(request, "submodules", [each.name for each in found.submodules])
    return found


def check_once(request: Request, table: str, names: Sequence[str]) -> None:
    """Refuse a name that an option gives twice."""
    option, typed = TABLES[table], texts(request, table)
    for at, name in enumerate(names):
        if name in names[:at]:
            raise Excerpt.of(option, typed[at]).wrong(
                f"{option} gives {name!r} twice", instead="Keep one of them."
            )


def where(request: Request) -> Where:
    """Tell the option that declares a name."""

    def place(table: str, name: str) -> Place | None:
        for text in texts(request, table) if table in TABLES else ():
            found = re.search(rf"(?:^|,)\s*({re.escape(name)})\b", text)
            if found:
                return Place(TABLES[table], None, found.start(1) + 1, text)
        return None

    return place


def forward(request: Request, found: Declared, function: str, cwd: Path) -> Forward:
    """Read the forward of --forward or --from.

    Args:
        request: one of the two is given.
        found: what the other options declare.
        function: the name of an expression's function: "gated_unit".
        cwd: the folder that FILE.py is relative to.
    """
    if request.from_ is not None:
        return from_file(request.from_, cwd)
    assert request.forward is not None, "a forward is given"
    sizes = [
        name
        for name in assemble.constructor_names((), found)
        if name not in assemble.supplied(found)
    ]
    order = [each.name for each in sorted(found.arguments, key=has_default)]
    order += held(found)
    scalars = {each.name for each in found.arguments if not each.type.is_tensor}
    read = from_expression(
        request.forward,
        function,
        submodules=[each.name for each in found.submodules],
        scalars=frozenset(scalars | set(sizes)),
        order=tuple(dict.fromkeys([*order, *sizes])),
    )
    return bound(read, found) if read.form is Form.METHOD else read


def has_default(argument: Argument) -> bool:
    """Whether an argument may be left out."""
    return argument.default is not None


def held(found: Declared) -> tuple[str, ...]:
    """List the tensors that a layer holds, in order."""
    return tuple(each.name for each in found.parameters + found.buffers)


def bound(read: Forward, found: Declared) -> Forward:
    """Let a method of an expression read from self what the layer holds.

    `self.fc(x) * scale` with a parameter scale -> `self.fc(x) * self.scale`.
    """
    complete = assemble.with_sizes(read, found)
    inside = set(held(found))
    inside |= {each.name for each in complete.arguments if not each.type.is_tensor}
    names = [each.name for each in read.signature if each.name not in inside]
    replacements = {
        each.name: f"self.{each.name}" for each in read.signature if each.name in inside
    }
    if not replacements:
        return read
    assert read.expression is not None, "--forward is one expression"
    expression = inlined(read.expression, replacements)
    source = Source("--forward", expression)
    return from_text(as_function(source, read.name, ["self", *names], {}), "--forward")
