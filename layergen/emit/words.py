"""Signatures, docstring lines and shapes, as the text that views carry."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from layergen.spec.calling import default_of, ordered
from layergen.spec.model import Argument, ArgumentType, Shape

__all__ = [
    "argument_doc",
    "declaration",
    "docstring",
    "enumerated",
    "joined",
    "lines_of",
    "quoted",
    "returned",
    "set_text",
    "shape_doc",
    "signature",
    "target",
    "tuple_text",
]

WIDTH = 80  # leaves room for the indentation and the quotes in a line of 88
LINE = 66  # of an f-string behind `return`

ANNOTATIONS = {
    ArgumentType.TENSOR: "Tensor",
    ArgumentType.INDEX: "Tensor",
    ArgumentType.OPTIONAL_TENSOR: "Tensor | None",
    ArgumentType.FLOAT: "float",
    ArgumentType.INT: "int",
    ArgumentType.BOOL: "bool",
    ArgumentType.STR: "str",
}
SCALAR_DOCS = {
    ArgumentType.FLOAT: "a number",
    ArgumentType.INT: "a whole number",
    ArgumentType.BOOL: "True or False",
    ArgumentType.STR: "a word",
}


def declaration(argument: Argument, *, default: bool = True) -> str:
    """Spell an argument as a signature has it: "eps: float = 1e-5"."""
    text = f"{argument.name}: {ANNOTATIONS[argument.type]}"
    told = default_of(argument)
    return f"{text} = {told}" if default and told is not None else text


def signature(arguments: Sequence[Argument], *, plain: bool = False) -> str:
    """Spell a signature; a plain one has no defaults and no keyword-only arguments."""
    if plain:
        return joined(declaration(each, default=False) for each in arguments)
    words: list[str] = []
    for each in ordered(arguments):
        if each.keyword_only and "*" not in words:
            words.append("*")
        words.append(declaration(each))
    return joined(words)


def joined(words: Iterable[str]) -> str:
    """Join by commas."""
    return ", ".join(words)


def enumerated(words: Sequence[str]) -> str:
    """Join as a sentence does: "a, b and c"."""
    *others, last = words
    return f"{joined(others)} and {last}" if others else last


def lines_of(words: Sequence[str]) -> tuple[str, ...]:
    """Break a comma-joined text into lines that leave room for code around them."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) < LINE:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return tuple(f"{line}, " for line in lines[:-1]) + tuple(lines[-1:])


def target(names: Sequence[str]) -> str:
    """Spell the left side of an unpacking: "x, beta", "(x,)"."""
    return f"({names[0]},)" if len(names) == 1 else joined(names)


def set_text(names: Sequence[str]) -> str:
    """Spell a set of names: "set()", '{"weight"}'."""
    return "{" + joined(f'"{name}"' for name in names) + "}" if names else "set()"


def quoted(value: object) -> str:
    """Spell a literal; a string with double quotes, as Black does."""
    text = repr(value)
    return f'"{text[1:-1]}"' if text.startswith("'") and '"' not in text else text


def tuple_text(words: Sequence[str]) -> str:
    """Spell a tuple: "(0,)", "(0, 1)"."""
    return f"({joined(words)},)" if len(words) == 1 else f"({joined(words)})"


def returned(outputs: int) -> str:
    """Annotate what a forward with so many outputs returns."""
    return "Tensor" if outputs == 1 else f"tuple[{joined(['Tensor'] * outputs)}]"


def shape_doc(shape: Shape) -> str:
    """Describe a shape: "(batch, features)", "(), a scalar", "(*), any shape"."""
    if not shape.dims:
        return "(), a scalar"
    if shape.dims == ("...",):
        return "(*), any shape"
    words = ["*" if dim == "..." else dim.replace("*", " * ") for dim in shape.dims]
    return tuple_text(words)


def argument_doc(argument: Argument) -> str:
    """Describe an argument of a function in a line of its docstring."""
    if not argument.type.is_tensor:
        return f"{SCALAR_DOCS[argument.type]}; no gradient reaches it."
    text = shape_doc(argument.shape)
    if argument.type is ArgumentType.INDEX:
        return f"{text}, of integers."
    if argument.type is ArgumentType.OPTIONAL_TENSOR:
        return f"{text}; None leaves it out."
    return f"{text}."


def docstring(text: str, indent: int = 4) -> str:
    """Make a text safe between three double quotes, wrapped, and ended by a stop.

    Args:
        text: whatever the user wrote.
        indent: blanks before the docstring's other lines.
    """
    line = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    line = line[:-1] + "'" if line.endswith('"') else line
    line = line if line.endswith((".", "!", "?", ":")) else f"{line}."
    return ("\n" + " " * indent).join(wrap(line, WIDTH))
