"""--from FILE.py:FUNCTION: what is no plain function is refused, with its line."""

import pytest

from layergen.errors import BadRequest
from layergen.spec.forward import from_file


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("forwards.py", "Write --from FILE.py:FUNCTION"),
        (":f", "Write --from FILE.py:FUNCTION"),
        ("forwards.py:", "Write --from FILE.py:FUNCTION"),
        ("forwards.py:Gate.forward", "Only functions at the top"),
        ("missing.py:f", "'missing.py' does not exist"),
        (".:f", "is a folder"),
        ("notes.txt:f", "is no .py file"),
    ],
)
def test_a_reference_to_no_function_is_refused(tmp_path, reference, says):
    (tmp_path / "notes.txt").touch()

    with pytest.raises(BadRequest) as error:
        from_file(reference, tmp_path)

    assert says in str(error.value)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("def g(x): return x", None, "Its functions: g."),
        ("\nclass f: pass", 2, "'f' is a class, not a plain function"),
        ("f = lambda x: x", 1, "'f' is a lambda"),
        ("async def f(x): return x", 1, "async"),
        ("def f(x):\n    yield x", 2, "generator"),
        ("import functools\n@functools.cache\ndef f(x): return x", 2, "decorated"),
        ("def g():\n    def f(x): return x\n    return f", 2, "inside something"),
        ("if 1:\n    def f(x): return x", 2, "inside something"),
        ("def f(x): return x\ndef f(x): return x", 2, "more than once"),
        ("def f(*args): return args", 1, "'*args'"),
        ("def f(x, **options): return x", 1, "'**options'"),
        ("def f(): return 1", 1, "takes no argument"),
        ("def f(x): x + 1", 1, "returns nothing"),
        ("def f(x): return [x]", 1, "not [x]"),
        ("def f(x): return *x, 1", 1, "not *x, 1"),
        ("def f(x):\n  if x: return\n  return x", 2, "returns nothing here"),
        ("def f(x):\n  if x: return x\n  return x, x", 3, "returns 2 tensors here"),
        ("def f(x, x): return x", 1, "duplicate argument"),
        ("def f(x:\n  return x", 1, "never closed"),
        ("def f(x): return x\0", 1, "null bytes"),
        (b"def f(x): return '\xff'", None, "Save it as UTF-8"),
        ("from math import *\ndef f(x): return pie(x)", 2, "Import it by name"),
        ("from .x import y\ndef f(x): return y(x)", 1, "neighbouring file"),
        ("beta = 1\ndef f(x): return bata * x", 2, "Did you mean 'beta'?"),
        ("def f(x): return y * x", 1, "'y' is not defined in forwards.py"),
        ("if 1: C = 1\ndef f(x): return C * x", 1, "under a condition"),
        ("for C in (1,): pass\ndef f(x): return C * x", 1, "inside another statement"),
        ("C = []\nC.append(1)\ndef f(x): return C[0] * x", 2, "is changed here"),
        ("C = [1]\nC[0] = 2\ndef f(x): return C[0] * x", 2, "is changed here"),
        ("C = 1\nC += 1\ndef f(x): return C * x", 2, "is changed here"),
        ("C = 1\nC = 2\ndef f(x): return C * x", 2, "lines 1 and 2"),
        ("C = 1\ndef f(x):\n  global C\n  C = 2\n  return x", 3, "global C"),
        (
            "C = 1\ndef g():\n  global C\n  C = 2\ng()\ndef f(x): return C * x",
            3,
            "is changed by a function",
        ),
        ("F = 9.6\ndef f(x): return F * x", 1, "means torch.nn.functional"),
        ("C = 1\ndef f(x): return D * x\nD = f(C)", 3, "computed by 'f' itself"),
        ("def f(x): return x\n\nraise SystemExit(3)", 3, "SystemExit: 3"),
        ("import not_there\ndef f(x): return x", 1, "No module named 'not_there'"),
        ("def f(x): return x\n1 / 0", 2, "ZeroDivisionError: division by zero"),
        ("def f(x): return " + "(" * 500 + "x" + ")" * 500, 1, "parentheses"),
        ("def f(x): return " + "+".join("x" * 10000), None, "nested too deeply"),
        ("def f(x): return " + "+".join("x" * 900), None, "nested too deeply"),
    ],
)
def test_what_is_no_plain_function_is_refused_with_its_line(refusal, text, line, says):
    error = refusal(text)

    assert says in str(error)
    assert (error.place.line if error.place else None) == line


def test_a_slip_in_the_function_s_name_is_seen(refusal):
    error = refusal("def swish(x): return x", "swihs")

    assert "Did you mean 'swish'?" in str(error)


def test_a_file_beside_the_file_is_not_brought_along(refusal, tmp_path):
    (tmp_path / "beside.py").write_text("def g(x): return x\n")

    error = refusal("from beside import g\ndef f(x): return g(x)")

    assert "'beside' is imported from beside forwards.py" in str(error)
