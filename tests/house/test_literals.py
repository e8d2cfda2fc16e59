"""Jinja owns every def, class and import of the output: none stands in a Python string."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.sources import Source, sources

CODE = re.compile(
    r"^[ \t]*(def |class |import |from [\w.]+ import\b|__global__)", re.MULTILINE
)
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def offences(tree: ast.Module) -> Iterator[str]:
    skipped = docstrings(tree)
    for node in ast.walk(tree):
        if node not in skipped and CODE.search(text := spelled(node)):
            yield f"line {node.lineno}: {text!r}"


def docstrings(tree: ast.Module) -> set[ast.AST]:
    """Find the docstrings, and the pieces of f-strings, which are read as a whole."""
    nodes = list(ast.walk(tree))
    first = [
        node.body[0] for node in nodes if isinstance(node, DOCUMENTED) and node.body
    ]
    texts = [node.value for node in first if isinstance(node, ast.Expr)]
    pieces = [
        piece
        for node in nodes
        if isinstance(node, ast.JoinedStr)
        for piece in node.values
    ]
    return {*texts, *pieces}


def spelled(node: ast.AST) -> str:
    """Spell a literal's text, with {} where an f-string has a value."""
    if isinstance(node, ast.JoinedStr):
        return "".join(spelled(piece) or "{}" for piece in node.values)
    value = node.value if isinstance(node, ast.Constant) else ""
    value = value.decode(errors="replace") if isinstance(value, bytes) else value
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("source", sources("layergen"), ids=lambda s: s.module)
def test_a_module_holds_no_code_in_strings(source: Source) -> None:
    assert list(offences(source.tree)) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = 'def f(): ...'",
        "x = 'import torch\\n'",
        "x = 'a = 1\\n    class B:'",
        "x = f'class {name}(Function):'",
        "x = f'{decorator}\\ndef {name}():'",
        "x = 'from torch import nn'",
        "x = b'__global__ void f()'",
        "def f():\n    x = 1\n    'def g(): ...'",
    ],
)
def test_code_in_a_string_is_found(text: str) -> None:
    assert list(offences(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "'''Docstring.\n\nimport torch\n'''",
        "class A:\n    '''def f(): ...'''",
        "x = 'a class of functions, imported from torch'",
        "x = f'{kind} class'",
    ],
)
def test_prose_is_left_alone(text: str) -> None:
    assert list(offences(ast.parse(text))) == []
