"""The tables of layergen.toml that describe one function or module."""

from layergen.spec import constructors, literals, options, parameters, shapes
from layergen.spec.assemble import Declared
from layergen.spec.excerpt import Excerpt
from layergen.spec.model import (
    ANY_SHAPE,
    Argument,
    Case,
    Parameter,
    Shape,
    Submodule,
)
from layergen.spec.node import Node

__all__ = ["DESCRIPTION", "declared"]

DESCRIPTION = (
    "arguments",
    "forward",
    "parameters",
    "buffers",
    "submodules",
    "returns",
    "cases",
)
TENSOR_KEYS = ("tensor", "tensor?", "index")
SCALAR_KEYS = ("float", "int", "bool", "str")


def declared(node: Node, blocks: tuple[str, ...]) -> Declared:
    """Read what the tables say beside the forward.

    Args:
        node: the table that holds them: the whole file, or `[modules.NAME]`.
        blocks: class names that submodules may construct.
    """
    tables = node.table()
    return Declared(
        arguments=tuple(argument(each) for each in entries(tables, "arguments")),
        parameters=tuple(parameter(each) for each in entries(tables, "parameters")),
        buffers=tuple(parameter(each) for each in entries(tables, "buffers")),
        submodules=tuple(
            submodule(each, blocks) for each in entries(tables, "submodules")
        ),
        returns=returns(tables),
        cases=cases(tables),
    )


def entries(tables: dict[str, Node], name: str) -> tuple[Node, ...]:
    """Take the entries of a table that may be missing."""
    return tuple(tables[name].table().values()) if name in tables else ()


def argument(node: Node) -> Argument:
    """Read `x = { tensor = "batch,features" }` or `eps = { float = "1e-5" }`."""
    name = identifier(node)
    tables = node.table((*TENSOR_KEYS, *SCALAR_KEYS, "keyword_only"))
    kinds = [key for key in tables if key != "keyword_only"]
    if len(kinds) != 1:
        raise node.wrong(
            f"{node.spelled} has {'no type' if not kinds else 'two types'}",
            'Write one: { tensor = "batch,features" } or { float = "1.0" }.',
        )
    kind = options.argument_type(Excerpt.of(node.source, kinds[0]))
    text = tables[kinds[0]].excerpt()
    keyword_only = "keyword_only" in tables and tables["keyword_only"].boolean()
    if kind.is_tensor:
        return Argument(name, kind, None, shapes.parse(text), keyword_only)
    default = literals.default(kind, text) if text.text else None
    return Argument(name, kind, default, ANY_SHAPE, keyword_only)


def identifier(node: Node) -> str:
    """Check a key that becomes a name of the generated code."""
    return options.identifier(
        Excerpt(node.source, node.name, 0, len(node.name), node.line())
    )


def parameter(node: Node) -> Parameter:
    """Read `w = { init = "zeros", shape = "rows,columns", optional = true }`."""
    name = identifier(node)
    tables = node.table(("init", "shape", "optional"))
    if "init" not in tables:
        raise node.wrong(f"{node.spelled} has no init", 'Write init = "zeros".')
    shape = tables["shape"].excerpt() if "shape" in tables else None
    optional = "optional" in tables and tables["optional"].boolean()
    return parameters.parameter(name, tables["init"].excerpt(), shape, optional)


def submodule(node: Node, blocks: tuple[str, ...]) -> Submodule:
    """Read `reduce = "nn.Linear(channels, 4)"`."""
    return Submodule(identifier(node), constructors.check(node.excerpt(), blocks))


def returns(tables: dict[str, Node]) -> tuple[Shape, ...]:
    """Read `[returns] shapes = ["batch,out_features"]`."""
    if "returns" not in tables:
        return ()
    found = tables["returns"].table(("shapes",))
    if "shapes" not in found:
        return ()
    return tuple(shapes.parse(each.excerpt()) for each in found["shapes"].items())


def cases(tables: dict[str, Node]) -> tuple[Case, ...]:
    """Read every `[[cases]]`."""
    found = tables["cases"].items() if "cases" in tables else ()
    return tuple(case(each) for each in found)


def case(node: Node) -> Case:
    """Read one `[[cases]]`: `channels = 4`."""
    values: list[tuple[str, str]] = []
    for each in node.table().values():
        if not isinstance(each.value, int | float | str):
            raise each.wrong(
                f"{each.spelled} is no value",
                "Write a number, true, false or a text in quotes.",
            )
        values.append((identifier(each), repr(each.value)))
    return Case(tuple(values))
