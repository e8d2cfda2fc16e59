"""How big a page may be, what it may be called, and what its data is."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import ROOT, Source, sources

MODULE_LINES = 300  # style.md: past it, look for the second thing that is in there
FUNCTION_LINES = 40
SAYS_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "base",
    "common",
    "misc",
}
EVERYTHING = (*sources("layergen"), *sources("tests"))


def size_offences(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > MODULE_LINES:
        yield f"{lines} lines"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{node.name} has {length} lines"


def empty_names(path: str) -> set[str]:
    """Find the words of a path that say nothing about what is in there."""
    words = path.lower().replace("/", "_").replace(".", "_").split("_")
    return SAYS_NOTHING & set(words)


def loose_data(source: Source) -> Iterator[str]:
    """Find dataclasses that could be changed after they were made."""
    for node in ast.walk(source.tree):
        for decorator in getattr(node, "decorator_list", ()):
            spelled = ast.unparse(decorator)
            if "dataclass" in spelled and not (
                "frozen=True" in spelled and "slots=True" in spelled
            ):
                yield f"{spelled} on line {node.lineno}"


@pytest.mark.parametrize("source", EVERYTHING, ids=lambda s: s.module)
def test_a_module_and_its_functions_are_small(source: Source) -> None:
    assert list(size_offences(source)) == []


@pytest.mark.parametrize("source", sources("layergen"), ids=lambda s: s.module)
def test_a_dataclass_is_frozen_and_slotted(source: Source) -> None:
    assert list(loose_data(source)) == []


def test_every_file_says_what_it_is() -> None:
    folders = (ROOT / "layergen", ROOT / "templates", ROOT / "tests")
    paths = (path.relative_to(ROOT) for each in folders for path in each.rglob("*"))

    assert [path for path in paths if empty_names(path.as_posix())] == []


def test_a_long_module_is_found() -> None:
    assert list(size_offences(Source("long", "x = 1\n" * (MODULE_LINES + 1))))


def test_a_long_function_is_found() -> None:
    body = "    x = 1\n" * FUNCTION_LINES

    assert list(size_offences(Source("long", f"class A:\n def f():\n{body}")))


@pytest.mark.parametrize(
    "path", ["spec/utils.py", "cli/test_helpers.py", "base/x.py", "x/common.jinja"]
)
def test_an_empty_name_is_found(path: str) -> None:
    assert empty_names(path)


@pytest.mark.parametrize(
    "text",
    [
        "@dataclass\nclass A: ...",
        "@dataclass(frozen=True)\nclass A: ...",
        "@dataclasses.dataclass(slots=True)\nclass A: ...",
    ],
)
def test_a_loose_dataclass_is_found(text: str) -> None:
    assert list(loose_data(Source("loose", text)))
