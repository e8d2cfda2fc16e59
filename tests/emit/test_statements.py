"""Which operation gets a line: what is used twice, has a name, or is long."""

from layergen.emit.schedule import use_counts
from layergen.ir.graph import Value
from tests.emit.graphs import (
    X,
    Y,
    Z,
    function,
    graph,
    method,
    operator,
    part,
    scope,
    tensor,
)


def lines(*nodes, roots=(), named=()):
    """Print a body, and what it returns."""
    made = graph(*nodes)
    roots = roots or [len(nodes) - 1]
    body = scope(made)
    order = [at for at in range(len(nodes)) if at not in body.known]
    statements = body.statements(order, use_counts(made, order, roots), named)
    return [*statements, *(f"return {body.value(root)}" for root in roots)]


def chain(length):
    """Apply sin so many times to x."""
    return [tensor("x"), *(method("sin", Value(at)) for at in range(length))]


def test_what_is_used_once_stands_inside():
    assert lines(tensor("x"), method("sin", X), method("cos", Y)) == [
        "return x.sin().cos()"
    ]


def test_what_is_used_twice_gets_a_line():
    assert lines(tensor("x"), method("sin", X), operator("mul", Y, Y)) == [
        "sin = x.sin()",
        "return sin * sin",
    ]


def test_what_is_returned_twice_gets_a_line():
    assert lines(tensor("x"), method("sin", X), roots=[1, 1]) == [
        "sin = x.sin()",
        "return sin",
        "return sin",
    ]


def test_what_the_user_named_gets_a_line():
    assert lines(
        tensor("x"), method("sin", X, hint="wave"), method("cos", Y, hint="other")
    ) == ["wave = x.sin()", "other = wave.cos()", "return other"]


def test_what_must_have_a_name_gets_a_line():
    assert lines(tensor("x"), method("sin", X), method("cos", Y), named=[1]) == [
        "sin = x.sin()",
        "return sin.cos()",
    ]


def test_five_operations_are_an_expression():
    assert lines(*chain(5)) == ["return x.sin().sin().sin().sin().sin()"]


def test_six_operations_are_too_many_for_an_expression():
    assert lines(*chain(7)) == [
        "sin = x.sin().sin().sin().sin().sin().sin()",
        "return sin.sin()",
    ]


def test_a_short_gradient_used_once_is_not_worth_a_line():
    hinted = operator("mul", X, X, hint="grad_y")

    assert lines(tensor("x"), hinted, method("cos", Y)) == ["return (x * x).cos()"]


def test_a_longer_gradient_bears_its_name():
    nodes = [*chain(2), method("cos", Value(2), hint="grad_y"), method("exp", Value(3))]

    assert lines(*nodes) == ["grad_y = x.sin().sin().cos()", "return grad_y.exp()"]


def test_what_nobody_uses_is_not_printed():
    assert lines(
        tensor("x"), method("sin", X, hint="wave"), method("cos", X), roots=[2]
    ) == ["return x.cos()"]


HALVES = tensor("x"), function("torch.chunk", X, 2, -1, parts=2, shape=(), dtype="")


def test_two_results_are_unpacked():
    parts = part(Y, 0, hint="a"), part(Y, 1, hint="b")

    assert lines(*HALVES, *parts, operator("mul", Z, Value(3))) == [
        "a, b = torch.chunk(x, 2, -1)",
        "return a * b",
    ]


def test_a_result_that_is_not_wanted_is_an_underscore():
    three = function("torch.chunk", X, 3, parts=3, shape=(), dtype="")
    parts = part(Y, 0, hint="a"), part(Y, 2, hint="c")

    assert lines(tensor("x"), three, *parts, operator("mul", Z, Value(3))) == [
        "a, _, c = torch.chunk(x, 3)",
        "return a * c",
    ]


def test_results_of_two_operations_are_unpacked_apart():
    other = function("torch.chunk", X, 2, 0, parts=2, shape=(), dtype="")
    parts = [
        part(Value(1), 0, hint="a"),
        part(Value(1), 1, hint="b"),
        part(Value(2), 0, hint="c"),
        part(Value(2), 1, hint="d"),
    ]
    uses = [operator("mul", Value(3), Value(6)), operator("mul", Value(4), Value(5))]

    assert lines(*HALVES, other, *parts, *uses, roots=[7, 8]) == [
        "a, b = torch.chunk(x, 2, -1)",
        "c, d = torch.chunk(x, 2, 0)",
        "return a * d",
        "return b * c",
    ]


def test_one_result_of_several_is_indexed():
    assert lines(*HALVES, part(Y, 1, hint="b"), method("sin", Z)) == [
        "return torch.chunk(x, 2, -1)[1].sin()"
    ]


def test_one_result_that_is_used_twice_gets_a_line():
    assert lines(*HALVES, part(Y, 1, hint="b"), operator("mul", Z, Z)) == [
        "b = torch.chunk(x, 2, -1)[1]",
        "return b * b",
    ]


def test_what_is_at_hand_is_not_computed_again():
    made = graph(tensor("x"), method("sin", X), operator("mul", Y, Y))
    body = scope(made, {0: "x", 1: "wave"})

    assert body.statements([1, 2], {1: 2, 2: 2}) == ["product = wave * wave"]
