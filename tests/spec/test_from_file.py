"""--from FILE.py:FUNCTION: a function is read with all that it reaches in its file."""

import sys

import pytest

from layergen.errors import BadRequest
from layergen.spec.forward import from_text
from layergen.spec.model import Form

FILE = '''\
#!/usr/bin/env python
"""Forwards."""
from math import (
    pi,
    sqrt,  # the root
)
import os, math
import torch

torch.manual_seed(0)

# Why 2: because
# it is so.
SCALE = 2.0 * pi  # a scale
OTHER = 1
UNUSED = os.getcwd()


def helper(x):
    # in here
    return x * later(x) + OTHER


# wrapped
@torch.no_grad()
def mask(x):
    return x > 0


def swish(x, beta):
    """Gate x.

    By itself.
    """
    # first
    note = """kept
  as it is"""
    return x * torch.sigmoid(  # s
        beta * x) * SCALE * helper(x) * mask(x) * len(note)  # end


def later(x):
    return sqrt(2) * x


def sized(n):
    return torch.ones(n, 4)


def example_inputs():
    return sized(3), torch.ones(())


if __name__ == "__main__":
    SCALE = 3
'''

PREAMBLE = """\
# Why 2: because
# it is so.
SCALE = 2.0 * pi  # a scale
OTHER = 1


def helper(x):
    # in here
    return x * later(x) + OTHER


# wrapped
@torch.no_grad()
def mask(x):
    return x > 0


def later(x):
    return sqrt(2) * x"""

BODY = '''\
# first
note = """kept
  as it is"""
return x * torch.sigmoid(  # s
    beta * x) * SCALE * helper(x) * mask(x) * len(note)  # end'''


def test_what_is_reached_comes_along_and_nothing_else(read):
    forward = read(FILE, "swish")

    assert forward.imports == ("from math import pi, sqrt", "import torch")
    assert forward.preamble == PREAMBLE
    assert "UNUSED" not in forward.text
    assert "__main__" not in forward.text


def test_the_body_is_verbatim_and_not_indented(read):
    forward = read(FILE, "swish")

    assert forward.body == BODY
    assert forward.summary == "Gate x."
    assert forward.first_line == 30
    assert forward.source == "forwards.py"


def test_example_inputs_come_along_with_what_they_reach(read):
    forward = read(FILE, "swish")

    assert forward.example_inputs
    assert "def sized(n)" in forward.text
    assert "def sized(n)" not in forward.preamble


def test_the_text_stands_on_its_own(read):
    scope = {}

    exec(read(FILE, "swish").text, scope)

    x, beta = scope["example_inputs"]()
    assert scope["swish"](x, beta).shape == (3, 4)


def test_reading_the_text_again_changes_nothing(read):
    forward = read(FILE, "swish")

    again = from_text(forward.text, "swish/layergen.toml")

    assert again.text == forward.text
    assert (again.body, again.preamble) == (forward.body, forward.preamble)
    assert (again.imports, again.signature) == (forward.imports, forward.signature)


def test_line_ends_and_marks_of_other_systems_are_read(read):
    forward = read(b"\xef\xbb\xbfdef f(x):\r\n    y = x\r\n    return y\r\n")

    assert forward.text == "def f(x):\n    y = x\n    return y\n"


def test_tabs_indent_as_python_counts_them(read):
    forward = read("def f(x):\n\tif 1:\n\t    x = 2 * x\n\treturn x")

    assert forward.body == "if 1:\n    x = 2 * x\nreturn x"


def test_annotations_of_the_signature_bring_nothing(read):
    forward = read("""\
        from typing import List as Float
        def f(x: Float["batch"] = None, y=1): return x
        """.replace('Float["batch"] = None', "'Tensor'"))

    assert forward.imports == ()


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("def f(x): return x + 1  # one", "x + 1"),
        ("def f(x):\n    'doc'\n    return (x +\n        1)", "(x +\n        1)"),
        ("def f(x):\n    y = x\n    return y", None),
    ],
)
def test_a_single_return_is_an_expression(read, text, expression):
    assert read(text).expression == expression


def test_outputs_are_counted(read):
    assert read("def f(x): return x, x + 1").outputs == 2


def test_a_submodule_of_a_package_comes_with_the_package(read):
    forward = read("""\
        import torch
        import torch.nn.functional
        def f(x): return torch.nn.functional.relu(x)
        """)

    assert forward.imports == ("import torch", "import torch.nn.functional")


def test_running_the_file_leaves_no_trace(read, tmp_path):
    (tmp_path / "beside.py").write_text("")
    path = list(sys.path)

    read("import beside\ndef f(x): return x")

    assert sys.path == path
    assert "beside" not in sys.modules


def test_the_file_is_not_run_as_a_program(read):
    read('def f(x): return x\nif __name__ == "__main__": raise SystemExit')


def test_a_stored_text_needs_no_imports_of_torch():
    forward = from_text("def f(x): return F.relu(nn.Identity()(x)) * math.pi", "a.toml")

    assert forward.imports == ()


def test_a_stored_text_may_use_the_component_s_own_names():
    forward = from_text(
        "def forward(self, x): return swish(x)", "a.toml", known=frozenset({"swish"})
    )

    assert forward.form is Form.METHOD
    assert [each.name for each in forward.signature] == ["x"]


def test_an_error_in_a_stored_text_is_placed_in_the_file():
    with pytest.raises(BadRequest) as error:
        from_text("def f(x):\n    return y", "a.toml", first_line=10)

    assert error.value.place.line == 11


def test_the_last_function_of_a_stored_text_is_the_forward():
    text = (
        "def g(x): return x\n\ndef f(x): return g(x)\n\ndef example_inputs(): return 1,"
    )

    assert from_text(text, "a.toml").name == "f"
    assert from_text(text, "a.toml", name="g").name == "g"
