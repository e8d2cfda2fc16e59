"""The user's own text, returning more."""

import ast
import textwrap

import pytest

from layergen.emit.splice import spliced


def extended(body, *names):
    return spliced(textwrap.dedent(body).strip("\n"), names or ("w",))


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("return w @ v", "return w @ v, w"),
        ("w = f(x)\nreturn w @ v", "w = f(x)\nreturn w @ v, w"),
        ("return a if b else c", "return a if b else c, w"),
        ("return f(\n    w,\n    v,\n)", "return f(\n    w,\n    v,\n), w"),
    ],
)
def test_a_value_is_returned_beside_the_result(body, wanted):
    assert extended(body) == wanted


def test_several_values_are_returned_in_order():
    assert extended("return w @ v", "w", "z") == "return w @ v, w, z"


@pytest.mark.parametrize(
    "body",
    [
        "return (\n    w @ v\n    + 1\n)",
        "return (\n    w @ v  # the product\n    + 1\n)",
        "return (w @ v) * (w + 1)",
        "return (w @ v)",
        "return w @ v  # of the weights",
        "return (y := w @ v)",
        "return(w @ v)",
        "return w @ v;",
        "return w @ \\\n    v",
        "return '''é''' and w @ v  # the é is two bytes long",
    ],
)
def test_a_result_on_several_lines_or_with_a_comment_stays_one(body):
    made = extended(body)

    [given] = returned(body)
    assert [ast.dump(each) for each in returned(made)] == [
        ast.dump(given),
        ast.dump(ast.Name("w", ast.Load())),
    ]


def test_a_comment_stays():
    assert extended("return w @ v  # of the weights").endswith("# of the weights")


def returned(body):
    """List what the last statement returns."""
    [function] = ast.parse(f"def f():\n{textwrap.indent(body, ' ')}").body
    value = function.body[-1].value
    return value.elts if isinstance(value, ast.Tuple) else [value]


@pytest.mark.parametrize(
    "body",
    [
        "return w, v",
        "return (w, v)",
        "return",
        "if c:\n    return w\nreturn v",
        "if c:\n    return w",
        "if c:\n    return w\nelse:\n    return v",
        "def g(x):\n    return x\nreturn g(w)",
        "w = 1",
        "",
    ],
)
def test_any_other_text_is_printed_anew(body):
    assert extended(body) == ""


def test_what_returns_nothing_more_is_left_alone():
    assert spliced("return w @ v", ()) == ""
