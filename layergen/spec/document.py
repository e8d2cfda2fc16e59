"""The text of a layergen.toml, which keeps what the user wrote around our values."""

from typing import Any, TypeAlias

import tomlkit
from tomlkit.items import Item, SingleKey, Table

from layergen.spec.contents import Contents

__all__ = ["changed", "fresh"]

HEADING = "What was asked for. Edit it and run `layergen regenerate {folder}`."
WRITTEN = "a file that no longer has its hash was edited by hand"
INLINE = (("arguments",), ("parameters",), ("buffers",))  # an entry stands on one line
Path: TypeAlias = tuple[
    str, ...
]  # of keys: ("modules", "ConvBlock", "forward", "text")


def fresh(after: Contents, folder: str) -> str:
    """Write a new file.

    Args:
        after: the tables, `written` among them.
        folder: the component's own.
    """
    document = tomlkit.document()
    document.add(tomlkit.comment(HEADING.format(folder=folder)))
    for key, value in after.items():
        document.add(key, item((key,), value))
    return tomlkit.dumps(document)


def changed(previous: str, before: Contents, after: Contents) -> str:
    """Change a file where its meaning changes, and nowhere else.

    Args:
        previous: the file's text.
        before: what that text means.
        after: what it is to mean.
    """
    document = tomlkit.parse(previous)
    apply(document, (), before, after)
    added = after.keys() - before.keys() - {"written"}
    if added and "written" in document and "written" in before:
        document.add("written", document.pop("written"))  # it stays the last
    return tomlkit.dumps(document)


def apply(container: Any, path: Path, before: Contents, after: Contents) -> None:
    """Bring a table from one meaning to another, entry by entry."""
    for key in before.keys() - after.keys():
        container.pop(key, None)
    for key, value in after.items():
        here = (*path, key)
        if key in before and before[key] == value:
            continue
        if isinstance(value, dict) and key in container and key in before:
            apply(container[key], here, before[key], value)
        else:
            container[key] = item(here, value)


def item(path: Path, value: Any) -> Item:
    """Spell one value of the file."""
    if path[-2:-1] in INLINE:
        return line(value)
    if isinstance(value, str) and (path[-2:] == ("forward", "text") or "\n" in value):
        return text(value)
    if isinstance(value, dict):
        return table(path, value)
    if path[-1] == "cases":
        array = tomlkit.aot()
        for each in value:
            array.append(table((*path, ""), each))
        return array
    plain: Item = tomlkit.item(value)
    return plain


def table(path: Path, value: Contents) -> Table:
    """Spell a table; one that holds only tables has no line of its own."""
    found = tomlkit.table(is_super_table=path[0] == "modules" and len(path) < 3)
    for name, each in value.items():
        found.add(name, item((*path, name), each))
    if path == ("written",):
        found.comment(WRITTEN)
        found.trivia.comment_ws = "  "
    return found


def line(value: Contents) -> Item:
    """Spell an entry on one line: { tensor = "batch,features" }."""
    pairs = (
        f"{SingleKey(name).as_string()} = {tomlkit.item(each).as_string()}"
        for name, each in value.items()
    )
    return tomlkit.value(f"{{ {', '.join(pairs)} }}")


def text(value: str) -> Item:
    """Spell a function's text, where TOML can hold it verbatim between '''."""
    printable = all(each.isprintable() or each in "\n\t" for each in value)
    if "'''" in value or not printable:
        return tomlkit.string(value, multiline=True, escape=True)
    return tomlkit.value(f"'''\n{value}'''")
