"""Signatures and docstrings."""

import ast

import pytest

from layergen.emit import words
from layergen.spec.model import Argument, ArgumentType, Shape

X = Argument("x", ArgumentType.TENSOR)
BIAS = Argument("bias", ArgumentType.OPTIONAL_TENSOR)
EPS = Argument("eps", ArgumentType.FLOAT, "1e-5")
NAMED = Argument("scale", ArgumentType.FLOAT, "1.0", keyword_only=True)


def test_signature():
    assert words.signature((X, BIAS, EPS, NAMED)) == (
        "x: Tensor, bias: Tensor | None = None, eps: float = 1e-5, *, scale: float = 1.0"
    )


def test_plain_signature_has_neither_defaults_nor_a_star():
    assert words.signature((X, EPS, NAMED), plain=True) == (
        "x: Tensor, eps: float, scale: float"
    )


def test_required_arguments_come_before_defaults():
    assert words.signature((EPS, X)) == "x: Tensor, eps: float = 1e-5"


@pytest.mark.parametrize(
    ("dims", "said"),
    [
        ((), "(), a scalar"),
        (("...",), "(*), any shape"),
        (("batch",), "(batch,)"),
        (("...", "heads*dim"), "(*, heads * dim)"),
    ],
)
def test_shapes(dims, said):
    assert words.shape_doc(Shape(dims)) == said


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        'ends with a quote"',
        '"""',
        "a \\ backslash \\n and \\x",
        "long " * 60,
        "tab\tand\nnewline",
        'four """" quotes',
    ],
)
def test_a_docstring_stays_one(text):
    source = f'"""{words.docstring(text)}"""\n'

    [statement] = ast.parse(source).body

    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)


@pytest.mark.parametrize(
    "value",
    ["mean", "", "it's", 'say "so"', "a\nb", "a\\b", "\0", "é", 2.0, None, True],
)
def test_a_quoted_literal_is_read_back(value):
    assert ast.literal_eval(words.quoted(value)) == value


def test_a_string_has_double_quotes():
    assert words.quoted("mean") == '"mean"'
