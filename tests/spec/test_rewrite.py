"""Texts change at whole names and nowhere else."""

import pytest

from layergen.spec.forward import body_indented, inlined, renamed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(x) + x.f", "g(x) + x.f"),
        ("h(f=f)", "h(f=g)"),
        ("def f(x, f=1): return f", "def g(x, g=1): return g"),
        ("'f' + f  # f", "'f' + g  # f"),
        ("ff + f_ + f", "ff + f_ + g"),
        ("print(f'{f} {f.f!r:>{f}}')", "print(f'{g} {g.f!r:>{g}}')"),
        ("x +\n  f(y)", "x +\n  g(y)"),
        ("x . f", "x . f"),
        ("'\u03b2', f", "'\u03b2', g"),
    ],
)
def test_a_name_is_renamed_where_it_is_one(text, expected):
    assert renamed(text, "f", "g") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x * torch.sigmoid( beta*x )", "x * torch.sigmoid( self.beta*x )"),
        ("f(beta=beta).beta", "f(beta=self.beta).beta"),
        ("sum(beta for beta in x)", "sum(beta for beta in x)"),
        ("g(lambda beta: beta) + beta", "g(lambda beta: beta) + self.beta"),
        ("f'{beta}'", "f'{self.beta}'"),
        ("(x +\n    beta)", "(x +\n    self.beta)"),
        ("'\u03b2' + beta", "'\u03b2' + self.beta"),
    ],
)
def test_a_name_is_replaced_where_it_is_read(text, expected):
    assert inlined(text, {"beta": "self.beta"}) == expected


def test_what_is_no_single_value_comes_in_brackets():
    assert inlined("x ** beta", {"beta": "-1"}) == "x ** (-1)"
    assert inlined("x * y", {"x": "a + b", "y": "f(c)"}) == "(a + b) * f(c)"


def test_strings_keep_their_lines_when_a_body_is_indented():
    body = 'note = """a\n  b"""\n\nreturn note'

    assert body_indented(body, 4) == '    note = """a\n  b"""\n\n    return note'
