"""Which statements at the top of a text give its names their meanings."""

import ast
from collections.abc import Iterator, Sequence

__all__ = [
    "bindings",
    "binds",
    "is_dotted_import",
    "is_main_guard",
    "is_plain",
    "meanings",
]


def bindings(tree: ast.Module) -> dict[str, list[ast.stmt]]:
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


def is_main_guard(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`, which doesn't run on import."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in (
        "__name__ == '__main__'",
        "'__main__' == __name__",
    )


def binds(alias: ast.alias) -> str:
    """The name that a part of an import binds: torch, of `import torch.nn`."""
    return alias.asname or alias.name.partition(".")[0]


def meanings(node: ast.stmt, name: str) -> Iterator[str]:
    """What an import binds a name to, as a dotted path."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for each in node.names:
            if binds(each) == name:
                yield module + (each.name if each.asname or module else name)


def is_dotted_import(found: Sequence[ast.stmt], name: str) -> bool:
    """Whether a package comes with its submodules: import torch, import torch.nn."""
    return all(
        isinstance(each, ast.Import)
        and all(not alias.asname for alias in each.names if binds(alias) == name)
        for each in found
    )


def is_plain(node: ast.stmt) -> bool:
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
            yield from (binds(each) for each in names)
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
