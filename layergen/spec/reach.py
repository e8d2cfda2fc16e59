"""What a function brings along from its own file: constants, helpers and imports."""

import ast
import builtins
import symtable
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType

from layergen.errors import BadRequest
from layergen.spec.names import nearest
from layergen.spec.source import Source

__all__ = ["USUAL_NAMES", "as_imports", "is_main_guard", "reached"]

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
    bound = _bindings(tree)
    found: dict[int, ast.stmt] = {}
    waiting: list[ast.stmt] = [start]
    while waiting:
        piece = waiting.pop()
        _check_no_global(piece, source)
        for name in sorted(_names_needed(piece, signature=piece is not start)):
            for each in _definitions(name, piece, bound, tree, source, known):
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
            narrowed.names = [each for each in piece.names if _binds(each) in needed]
            lines[ast.unparse(narrowed)] = None
    return tuple(lines)


def is_main_guard(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`, which doesn't run on import."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "__name__ == '__main__'",
        "'__main__' == __name__",
    )


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


def _is_own(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _globals_inside(scopes: symtable.SymbolTable) -> Iterator[str]:
    for scope in scopes.get_children():
        for symbol in scope.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                yield symbol.get_name()
        yield from _globals_inside(scope)


def _bindings(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """Every top-level statement that gives a name its meaning, or changes what it means."""
    bound: dict[str, list[ast.stmt]] = {}
    changed: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        if is_main_guard(statement):
            continue
        for name in dict.fromkeys(_names_bound(statement)):
            bound.setdefault(name, []).append(statement)
        for name in dict.fromkeys(_names_changed(statement)):
            changed.setdefault(name, []).append(statement)
    for name, statements in bound.items():
        if not _is_module(statements):  # torch.manual_seed(0) leaves torch what it is
            statements += changed.get(name, [])
    return bound


def _is_module(statements: Sequence[ast.stmt]) -> bool:
    return all(isinstance(each, ast.Import | ast.ImportFrom) for each in statements)


def _names_bound(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds or deletes in its own scope."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
            return
        case ast.ClassDef(name=name):
            yield name
            return
        case ast.Lambda():
            return
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (_binds(each) for each in names)
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
    for child in ast.iter_child_nodes(node):
        yield from _names_bound(child)


def _names_changed(statement: ast.stmt) -> Iterator[str]:
    """Names whose value a statement changes: TABLE[0] = 1, TABLE.append(1)."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for node in ast.walk(statement):
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(
                ctx=ast.Store() | ast.Del()
            ):
                yield from _root(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=receiver))):
                yield from _root(receiver)


def _root(node: ast.AST) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _binds(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _definitions(
    name: str,
    user: ast.stmt,
    bound: Mapping[str, Sequence[ast.stmt]],
    tree: ast.Module,
    source: Source,
    known: Collection[str],
) -> Sequence[ast.stmt]:
    """The statements that define a name; none for a builtin or a name that is known."""
    found = bound.get(name, ())
    if not found:
        if name in known or name in _BUILTINS:
            return ()
        raise _undefined(name, user, tree, source, (*bound, *known))
    _check_usual(name, found, source)
    if _is_dotted_import(found, name):
        return found
    for each in found:
        if not _is_plain(each, name):
            raise _refused(
                f"{name!r} is not defined in one plain statement", each, source, _COPY
            )
    if len(found) > 1 and len({ast.unparse(each) for each in found}) > 1:
        lines = " and ".join(str(each.lineno) for each in found[:2])
        raise _refused(
            f"{name!r} is defined more than once (lines {lines})",
            found[1],
            source,
            _COPY,
        )
    _check_not_global(name, tree, source)
    return found[:1]


def _undefined(
    name: str,
    user: ast.stmt,
    tree: ast.Module,
    source: Source,
    candidates: Sequence[str],
) -> BadRequest:
    uses = (n for n in ast.walk(user) if isinstance(n, ast.Name) and n.id == name)
    node = next(uses, user)
    for star in tree.body:
        if isinstance(star, ast.ImportFrom) and star.names[0].name == "*":
            return _refused(
                f"where {name!r} comes from can't be told: perhaps from line "
                f"{star.lineno}, {ast.unparse(star)!r}",
                node,
                source,
                f"Import it by name: from {'.' * star.level}{star.module or ''} "
                f"import {name}.",
            )
    near = nearest(name, candidates)
    return _refused(
        f"{name!r} is not defined in {source.name}",
        node,
        source,
        f"Did you mean {near!r}?" if near else "Define or import it there.",
    )


def _check_usual(name: str, found: Sequence[ast.stmt], source: Source) -> None:
    """Refuse another meaning of a name that the generated file uses: F = 96485."""
    for each in found:
        if name in USUAL_NAMES and USUAL_NAMES[name] not in _meanings(each, name):
            raise _refused(
                f"{name!r} means {USUAL_NAMES[name]} in generated files, and something "
                "else here",
                each,
                source,
                "Give it another name.",
            )


def _meanings(node: ast.stmt, name: str) -> Iterator[str]:
    """What an import binds a name to, as a dotted path."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for each in node.names:
            if _binds(each) == name:
                yield module + (each.name if each.asname or module else name)


def _is_dotted_import(found: Sequence[ast.stmt], name: str) -> bool:
    """Whether a package comes with its submodules: import torch, import torch.nn."""
    return all(
        isinstance(each, ast.Import)
        and all(not alias.asname for alias in each.names if _binds(alias) == name)
        for each in found
    )


def _is_plain(node: ast.stmt, name: str) -> bool:
    """Whether a statement gives a name its meaning, unconditionally and as a whole."""
    match node:
        case ast.ImportFrom(level=level, names=names):
            return level == 0 and names[0].name != "*"
        case ast.Import() | ast.FunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=targets):
            return all(_is_target(each) for each in targets)
        case ast.AnnAssign(target=ast.Name(), value=ast.expr()):
            return True
    return False


def _is_target(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List):
        return all(isinstance(each, ast.Name) for each in node.elts)
    return isinstance(node, ast.Name)


def _check_no_global(piece: ast.stmt, source: Source) -> None:
    for node in ast.walk(piece):
        if isinstance(node, ast.Global | ast.Nonlocal):
            word = "global" if isinstance(node, ast.Global) else "nonlocal"
            raise _refused(
                f"'{word} {', '.join(node.names)}' keeps state between calls",
                node,
                source,
                "A forward depends on its arguments alone: take the value as one.",
            )


def _check_not_global(name: str, tree: ast.Module, source: Source) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global) and name in node.names:
            raise _refused(
                f"{name!r} is changed by a function ('global {name}')",
                node,
                source,
                "Take the value as an argument.",
            )


def _check_independent(
    start: ast.FunctionDef, pieces: Sequence[ast.stmt], source: Source
) -> None:
    """Refuse a constant that is computed by the function: it must stand before it."""
    for piece in pieces:
        is_value = isinstance(piece, ast.Assign | ast.AnnAssign)
        if is_value and start.name in _names_needed(piece, signature=True):
            raise _refused(
                f"this value is computed by {start.name!r} itself", piece, source, _COPY
            )


def _refused(what: str, node: ast.AST, source: Source, instead: str) -> BadRequest:
    assert isinstance(node, ast.stmt | ast.expr)
    start, _ = source.span(node)
    return BadRequest(what, place=source.place(start), instead=instead)
