"""What a function brings along from its own file: constants, helpers and imports."""

import ast
import builtins
import symtable
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType

from layergen.errors import BadRequest
from layergen.spec.bindings import bindings, binds, is_dotted_import, is_plain, meanings
from layergen.spec.names import nearest
from layergen.spec.source import Source

__all__ = ["USUAL_NAMES", "as_imports", "reached"]

# What the generated files call by these names, whatever a user's file calls so.
USUAL_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "F": "torch.nn.functional",
        "Tensor": "torch.Tensor",
        "math": "math",
        "nn": "torch.nn",
        "torch": "torch",
    }
)
_BUILTINS = frozenset(dir(builtins))
_COPY = "Write it as one assignment, import or function at the top of the file."


@dataclass(frozen=True, slots=True)
class _Text:
    """A whole text: what its names mean.

    Attributes:
        bound: the statements that define or change each name.
        known: names that need no definition in the text.
    """

    tree: ast.Module
    source: Source
    bound: Mapping[str, Sequence[ast.stmt]]
    known: Collection[str]


def reached(
    start: ast.FunctionDef,
    tree: ast.Module,
    source: Source,
    known: Collection[str] = (),
) -> tuple[ast.stmt, ...]:
    """Find the statements that a function needs, itself left out, in source order.

    The annotations of its own signature are not looked at: they are read for types, and
    need nothing at run time.

    Raises:
        BadRequest: a name has no single plain definition in the file.
    """
    text = _Text(tree, source, bindings(tree), known)
    found: dict[int, ast.stmt] = {}
    waiting: list[ast.stmt] = [start]
    while waiting:
        piece = waiting.pop()
        _check_no_global(piece, source)
        for name in sorted(_names_needed(piece, signature=piece is not start)):
            for each in _definitions(name, piece, text):
                if each is not start and id(each) not in found:
                    found[id(each)] = each
                    waiting.append(each)
    pieces = sorted(found.values(), key=lambda each: (each.lineno, each.col_offset))
    _check_independent(start, pieces, source)
    return tuple(pieces)


def as_imports(
    pieces: Sequence[ast.stmt], users: Sequence[ast.FunctionDef]
) -> tuple[str, ...]:
    """Write the import statements among the pieces, each on a line, with what is used.

    `from math import (pi, sqrt)` -> "from math import sqrt", where only sqrt is needed.
    """
    needed = {name for each in users for name in _names_needed(each, signature=False)}
    needed |= {name for each in pieces for name in _names_needed(each, signature=True)}
    lines: dict[str, None] = {}
    for piece in pieces:
        if isinstance(piece, ast.Import | ast.ImportFrom):
            narrowed = deepcopy(piece)
            narrowed.names = [each for each in piece.names if binds(each) in needed]
            lines[ast.unparse(narrowed)] = None
    return tuple(lines)


def _names_needed(piece: ast.stmt, *, signature: bool) -> frozenset[str]:
    """The names that a statement takes from around it, once run and called."""
    piece = deepcopy(piece)
    if isinstance(piece, ast.FunctionDef) and not signature:
        piece.returns = None
        for node in ast.walk(piece.args):
            if isinstance(node, ast.arg):
                node.annotation = None
    scopes = symtable.symtable(ast.unparse(piece), "<forward>", "exec")
    own = {each.get_name() for each in scopes.get_symbols() if _is_own(each)}
    names = {each.get_name() for each in scopes.get_symbols() if each.is_referenced()}
    return frozenset((names | set(_globals_inside(scopes))) - own)


def _check_usual(name: str, found: Sequence[ast.stmt], source: Source) -> None:
    """Refuse another meaning of a name that the generated file uses: F = 96485."""
    for each in found:
        if name in USUAL_NAMES and USUAL_NAMES[name] not in meanings(each, name):
            raise source.refuse(
                each,
                f"{name!r} means {USUAL_NAMES[name]} in generated files, and something "
                "else here",
                "Give it another name.",
            )


def _is_own(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _globals_inside(scopes: symtable.SymbolTable) -> Iterator[str]:
    for scope in scopes.get_children():
        for symbol in scope.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                yield symbol.get_name()
        yield from _globals_inside(scope)


def _definitions(name: str, user: ast.stmt, text: _Text) -> Sequence[ast.stmt]:
    """The statements that define a name; none for a builtin or a name that is known."""
    found = text.bound.get(name, ())
    if not found:
        if name in text.known or name in _BUILTINS:
            return ()
        raise _undefined(name, user, text)
    for each in found:
        if not is_plain(each):
            raise text.source.refuse(each, f"{name!r} {_why_not_plain(each)}", _COPY)
    _check_usual(name, found, text.source)
    if is_dotted_import(found, name):
        return found
    if len({ast.unparse(each) for each in found}) > 1:
        lines = " and ".join(str(each.lineno) for each in found[:2])
        what = f"{name!r} is defined more than once (lines {lines})"
        raise text.source.refuse(found[1], what, _COPY)
    _check_not_global(name, text)
    return found[:1]


def _why_not_plain(node: ast.stmt) -> str:
    match node:
        case ast.ImportFrom():
            return "is imported from a neighbouring file, which a component has not"
        case ast.If() | ast.Try() | ast.Match():
            return "is defined under a condition"
        case ast.For() | ast.While() | ast.With():
            return "is defined inside another statement"
    return "is changed here, after its definition"


def _undefined(name: str, user: ast.stmt, text: _Text) -> BadRequest:
    uses = (n for n in ast.walk(user) if isinstance(n, ast.Name) and n.id == name)
    node = next(uses, user)
    for star in text.tree.body:
        if isinstance(star, ast.ImportFrom) and star.names[0].name == "*":
            module = "." * star.level + (star.module or "")
            return text.source.refuse(
                node,
                f"where {name!r} comes from can't be told: perhaps from line "
                f"{star.lineno}, {ast.unparse(star)!r}",
                f"Import it by name: from {module} import {name}.",
            )
    near = nearest(name, (*text.bound, *text.known))
    return text.source.refuse(
        node,
        f"{name!r} is not defined in {text.source.name}",
        f"Did you mean {near!r}?" if near else "Define or import it there.",
    )


def _check_no_global(piece: ast.stmt, source: Source) -> None:
    for node in ast.walk(piece):
        if isinstance(node, ast.Global | ast.Nonlocal):
            word = "global" if isinstance(node, ast.Global) else "nonlocal"
            raise source.refuse(
                node,
                f"'{word} {', '.join(node.names)}' keeps state between calls",
                "A forward depends on its arguments alone: take the value as one.",
            )


def _check_not_global(name: str, text: _Text) -> None:
    for node in ast.walk(text.tree):
        if isinstance(node, ast.Global) and name in node.names:
            raise text.source.refuse(
                node,
                f"{name!r} is changed by a function ('global {name}')",
                "Take the value as an argument.",
            )


def _check_independent(
    start: ast.FunctionDef, pieces: Sequence[ast.stmt], source: Source
) -> None:
    """Refuse a constant that is computed by the function: it must stand before it."""
    for piece in pieces:
        is_value = isinstance(piece, ast.Assign | ast.AnnAssign)
        if is_value and start.name in _names_needed(piece, signature=True):
            raise source.refuse(
                piece,
                f"this value is computed by {start.name!r} itself",
                _COPY,
            )
