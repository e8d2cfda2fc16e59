"""What stands in a call: indices, tuples and lists, dtypes, keywords in their order."""

import pytest

from layergen.ir.graph import (
    Arithmetic,
    DeviceOf,
    DtypeOf,
    Listed,
    Named,
    Range,
    Scalar,
    ShapeOf,
    Value,
)
from tests.emit.graphs import (
    COLUMNS,
    MATRIX,
    ROWS,
    X,
    Y,
    function,
    index,
    method,
    operator,
    tensor,
    text_of,
)

OPERANDS = (tensor("x"), tensor("y"), tensor("z"))
LAST = Value(3)  # the first operation on x, y and z
EPS = Scalar("eps")


def of_xyz(*nodes):
    """Print an expression over x, y and z."""
    return text_of(*OPERANDS, *nodes)


def argument(found):
    """Print what a call is given."""
    return of_xyz(function("torch.f", found)).removeprefix("torch.f(")[:-1]


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "x[0]"),
        ((0, 1), "x[0, 1]"),
        ((0,), "x[0,]"),
        ((), "x[()]"),
        (..., "x[...]"),
        ((..., None), "x[..., None]"),
        (Range(1, None, None), "x[1:]"),
        (Range(None, -1, None), "x[:-1]"),
        (Range(None, None, None), "x[:]"),
        (Range(None, None, 2), "x[::2]"),
        (Range(0, 4, 2), "x[0:4:2]"),
        ((..., Range(None, Arithmetic("//", (COLUMNS, 2)), None)), None),
        (Y, "x[y]"),
        ((Range(None, None, None), Y), "x[:, y]"),
        (Listed((0, 2)), "x[[0, 2]]"),
        (True, "x[True]"),
    ],
)
def test_an_index_is_spelled_with_its_colons(at, text):
    assert of_xyz(index(X, at)) == (text or "x[..., :x.shape[-1] // 2]")


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (True, "True"),
        (None, "None"),
        (-1, "-1"),
        (0.5, "0.5"),
        (1j, "1j"),
        ("mean", '"mean"'),
        ('say "so"', "'say \"so\"'"),
        ((0, 1), "(0, 1)"),
        ((0,), "(0,)"),
        ((), "()"),
        (Listed((0,)), "[0]"),
        (Listed((X, Y)), "[x, y]"),
        ((X, Listed((1, 2))), "(x, [1, 2])"),
        (Range(0, None, 2), "slice(0, None, 2)"),
        (Named("torch.float32"), "torch.float32"),
        (DtypeOf(), "x.dtype"),
        (DeviceOf(), "x.device"),
        (ShapeOf(Y), "y.shape"),
        (ROWS, "x.shape[0]"),
        (MATRIX, "x.shape"),
        ((ROWS, 1), "(x.shape[0], 1)"),
        ((2, 3), "(2, 3)"),
    ],
)
def test_an_argument_is_what_python_reads_back(found, text):
    assert argument(found) == text


def test_a_dtype_is_that_of_the_first_floating_tensor():
    nodes = tensor("at", dtype="int64"), tensor("x"), method("to", X, DtypeOf())

    assert text_of(*nodes) == "at.to(x.dtype)"


def test_keywords_follow_in_their_own_order():
    node = function("torch.f", X, kwargs={"dim": -1, "any": 2, "eps": EPS})

    assert text_of(tensor("x"), node) == "torch.f(x, dim=-1, any=2, eps=eps)"


def test_keywords_that_say_nothing_are_left_out():
    said = {"layout": 1, "pin_memory": False, "_stacklevel": 3}
    node = function("torch.f", X, kwargs={**said, "keepdim": False})

    assert text_of(tensor("x"), node) == "torch.f(x, keepdim=False)"


def test_a_none_is_left_as_it_is():
    node = function("torch.f", X, kwargs={"dim": None})

    assert text_of(tensor("x"), node) == "torch.f(x, dim=None)"


def test_an_operator_with_a_keyword_is_a_function():
    node = operator("add", X, Y, kwargs={"alpha": 2})

    assert of_xyz(node) == "torch.add(x, y, alpha=2)"


def test_an_operator_with_an_idle_keyword_is_an_operator():
    assert of_xyz(operator("add", X, Y, kwargs={"_stacklevel": 3})) == "x + y"


def test_a_method_of_a_number_is_a_function():
    assert of_xyz(method("clamp_min", 0.0, X)) == "torch.clamp_min(0.0, x)"


def test_a_conversion_of_torch_is_one_of_the_user():
    node = function("_to_copy", LAST, kwargs={"dtype": Named("torch.float32")})

    assert of_xyz(operator("add", X, Y), node) == "(x + y).to(torch.float32)"


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (method("permute", X, (1, 0)), "x.permute(1, 0)"),
        (method("reshape", X, (-1,)), "x.reshape(-1)"),
        (method("reshape", X, ()), "x.reshape(())"),
        (method("expand", X, -1, 2), "x.expand(-1, 2)"),
        (method("sum", X, (0, 1)), "x.sum((0, 1))"),
        (function("torch.permute", X, (1, 0)), "torch.permute(x, (1, 0))"),
    ],
)
def test_a_method_that_takes_its_sizes_one_by_one_gets_them_so(node, text):
    assert of_xyz(node) == text
