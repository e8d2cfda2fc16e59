"""Operations as Python expressions: every syntax, and parentheses only where they are needed."""

import ast

import pytest

from layergen.emit.statements import Scope
from layergen.ir.graph import (
    Arithmetic,
    Scalar,
    Value,
)
from tests.emit.graphs import (
    BACKWARD,
    X,
    Y,
    Z,
    attribute,
    function,
    graph,
    index,
    method,
    operator,
    part,
    tensor,
    text_of,
)

OPERANDS = (tensor("x"), tensor("y"), tensor("z"))
LAST = Value(3)  # the first operation on x, y and z
EPS = Scalar("eps")


def of_xyz(*nodes):
    """Print an expression over x, y and z."""
    return text_of(*OPERANDS, *nodes)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (function("torch.softmax", X, -1), "torch.softmax(x, -1)"),
        (function("F.gelu", X), "F.gelu(x)"),
        (function("torch.linalg.inv", X), "torch.linalg.inv(x)"),
        (method("sum", X, -1), "x.sum(-1)"),
        (method("t", X), "x.t()"),
        (attribute("mT", X), "x.mT"),
        (operator("mul", X, Y), "x * y"),
        (operator("neg", X), "-x"),
        (operator("bitwise_not", X), "~x"),
        (index(X, 0), "x[0]"),
        (part(X, 1), "x[1]"),
    ],
)
def test_a_syntax_is_spelled_as_it_was_recorded(node, text):
    assert of_xyz(node) == text


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (operator("mul", X, 2, phase=BACKWARD), "2 * x"),
        (operator("mul", X, EPS, phase=BACKWARD), "eps * x"),
        (operator("mul", X, -0.5, phase=BACKWARD), "-0.5 * x"),
        (operator("mul", X, 2), "x * 2"),
        (operator("mul", X, Y, phase=BACKWARD), "x * y"),
        (operator("div", X, 2, phase=BACKWARD), "x / 2"),
    ],
)
def test_a_gradient_has_its_number_first(node, text):
    assert of_xyz(node) == text


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (operator("mul", X, Y), "x * y * 2"),
        (operator("neg", X), "-x * 2"),
        (operator("add", X, Y), "2 * (x + y)"),
        (method("sum", X, -1), "2 * x.sum(-1)"),
    ],
)
def test_a_number_comes_first_where_nothing_is_multiplied_otherwise(node, text):
    assert of_xyz(node, operator("mul", LAST, 2, phase=BACKWARD)) == text


@pytest.mark.parametrize(
    ("op", "symbol"),
    [
        ("add", "+"),
        ("sub", "-"),
        ("mul", "*"),
        ("div", "/"),
        ("matmul", "@"),
        ("pow", "**"),
        ("bitwise_and", "&"),
        ("bitwise_or", "|"),
        ("bitwise_xor", "^"),
        ("gt", ">"),
        ("lt", "<"),
        ("ge", ">="),
        ("le", "<="),
        ("eq", "=="),
        ("ne", "!="),
    ],
)
def test_an_operator_stands_between_its_operands(op, symbol):
    assert of_xyz(operator(op, X, Y)) == f"x {symbol} y"


BINARY = [
    "add",
    "sub",
    "mul",
    "div",
    "matmul",
    "pow",
    "bitwise_and",
    "bitwise_xor",
    "bitwise_or",
    "gt",
    "le",
    "eq",
    "ne",
]


@pytest.mark.parametrize("outer", BINARY)
@pytest.mark.parametrize("inner", BINARY)
def test_operators_nest_as_they_were_recorded(outer, inner):
    """Both nestings, read back by Python, are the trees that were printed."""
    inside = operator(inner, X, Y)
    left = parsed(of_xyz(inside, operator(outer, LAST, Z)))
    right = parsed(of_xyz(inside, operator(outer, Z, LAST)))

    assert left == (outer, (inner, "x", "y"), "z")
    assert right == (outer, "z", (inner, "x", "y"))


@pytest.mark.parametrize("outer", [*BINARY, "neg", "bitwise_not"])
@pytest.mark.parametrize("sign", ["neg", "bitwise_not"])
def test_a_sign_is_of_its_own_operand(outer, sign):
    inside = operator(sign, X)
    alone = outer in ("neg", "bitwise_not")
    outside = operator(outer, LAST) if alone else operator(outer, LAST, Y)
    wanted = (outer, (sign, "x")) if alone else (outer, (sign, "x"), "y")

    assert parsed(of_xyz(inside, outside)) == wanted


@pytest.mark.parametrize("inner", BINARY)
def test_a_sign_before_an_operation_is_of_all_of_it(inner):
    text = of_xyz(operator(inner, X, Y), operator("neg", LAST))

    assert parsed(text) in (
        ("neg", (inner, "x", "y")),
        (inner, ("neg", "x"), "y"),
    )
    assert text == ("-x ** y" if inner == "pow" else f"-({text[2:-1]})")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (method("sum", LAST), "(x + y).sum()"),
        (attribute("mT", LAST), "(x + y).mT"),
        (index(LAST, 0), "(x + y)[0]"),
        (part(LAST, 0), "(x + y)[0]"),
        (function("torch.exp", LAST), "torch.exp(x + y)"),
        (method("pow", Z, LAST), "z.pow(x + y)"),
        (index(Z, LAST), "z[x + y]"),
    ],
)
def test_parentheses_stand_only_before_a_trailer(node, text):
    assert of_xyz(operator("add", X, Y), node) == text


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (method("sum", LAST), "x.sin().sum()"),
        (attribute("mT", LAST), "x.sin().mT"),
        (index(LAST, 0), "x.sin()[0]"),
    ],
)
def test_trailers_follow_one_another(node, text):
    assert of_xyz(method("sin", X), node) == text


def test_a_comparison_in_a_comparison_stands_in_parentheses():
    """`x < y < z` would mean another thing."""
    inner = operator("lt", X, Y)

    assert of_xyz(inner, operator("lt", LAST, Z)) == "(x < y) < z"
    assert of_xyz(inner, operator("lt", Z, LAST)) == "z < (x < y)"


@pytest.mark.parametrize(
    ("negated", "text"),
    [
        (operator("neg", Y), "x - y"),
        (operator("mul", -2.0, Y), "x - 2.0 * y"),
        (operator("sub", -1, Y), "x + (-1 - y)"),
    ],
)
def test_adding_what_is_negated_is_a_subtraction(negated, text):
    assert of_xyz(negated, operator("add", X, LAST)) == text


def test_adding_a_negative_number_is_a_subtraction():
    assert of_xyz(operator("add", X, -2)) == "x - 2"


@pytest.mark.parametrize("rounds", ["//", "%"])
def test_adding_what_rounds_a_negated_number_stays_an_addition(rounds):
    """`x - eps % 3` is not `x + (-eps % 3)`."""
    number = Arithmetic(rounds, (Arithmetic("neg", (EPS,)), 3))
    text = text_of(tensor("x"), operator("add", X, number))

    assert eval(text, {"x": 0, "eps": 1}) == {"//": -1, "%": 2}[rounds]


def test_subtracting_what_is_negated_keeps_both_signs():
    assert of_xyz(operator("neg", Y), operator("sub", X, LAST)) == "x - -y"


def test_what_is_at_hand_is_named_and_not_computed():
    made = graph(tensor("x"), operator("neg", X), method("sum", Y))
    body = Scope(made, None, {1: "negated"})

    assert body.value(2) == "negated.sum()"


OPERATIONS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.MatMult: "matmul",
    ast.Pow: "pow",
    ast.BitAnd: "bitwise_and",
    ast.BitXor: "bitwise_xor",
    ast.BitOr: "bitwise_or",
    ast.Gt: "gt",
    ast.LtE: "le",
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.USub: "neg",
    ast.Invert: "bitwise_not",
}


def parsed(text):
    """Read an expression back as a tree: ("add", "x", "y")."""

    def read(found):
        match found:
            case ast.Name(name):
                return name
            case ast.BinOp(left, op, right):
                return OPERATIONS[type(op)], read(left), read(right)
            case ast.Compare(left, [op], [right]):
                return OPERATIONS[type(op)], read(left), read(right)
            case ast.UnaryOp(op, operand):
                return OPERATIONS[type(op)], read(operand)

    return read(ast.parse(text, mode="eval").body)
