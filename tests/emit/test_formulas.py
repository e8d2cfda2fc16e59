"""The gradients as mathematics: by the user's names, and without torch's."""

from dataclasses import replace
from itertools import pairwise

import pytest

from layergen.emit.formulas import MOST_LINES, WIDTH, formulas
from layergen.ir.graph import Arithmetic, Scalar, Value
from tests.emit.graphs import (
    BACKWARD,
    COLUMNS,
    X,
    Y,
    attribute,
    cotangent,
    function,
    gradients,
    graph,
    method,
    operator,
    tensor,
)

WITH_G = ("With g the incoming gradient:", "")
G = Value(2)


def of(made, outputs, found, **fields):
    derived = gradients(made, outputs, found, **fields)
    return formulas(made, derived, derived.names)


def one(*backward, name="x"):
    """State the gradient of x, of which backward's last operation is the value."""
    phased = (replace(each, phase=BACKWARD) for each in backward)
    made = graph(tensor(name), method("sin", X), cotangent(), *phased)
    lines = of(made, [1], {name: 2 + len(backward)})
    assert lines[:2] == WITH_G
    return "\n".join(line.removeprefix("    ") for line in lines[2:])


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (operator("mul", G, 2), "2 * g"),
        (attribute("mT", G), "g^T"),
        (method("t", G), "g^T"),
        (method("sum", G, -1, kwargs={"keepdim": True}), "sum(g, -1)"),
        (method("sum", G, kwargs={"dim": (0, 1)}), "sum(g, (0, 1))"),
        (method("sum", G), "sum(g)"),
        (method("mean", G, -1, True), "mean(g, -1)"),
        (method("amax", G, -1), "max(g, -1)"),
        (method("exp", G), "exp(g)"),
        (method("sum_to_size", G, (COLUMNS,)), "sum(g)"),
        (method("reshape", G, (2, -1)), "g"),
        (method("expand", G, (2, -1)), "g"),
        (operator("pow", G, 3), "g ^ 3"),
        (function("torch.sigmoid", G), "sigmoid(g)"),
        (function("F.softplus", G), "softplus(g)"),
        (function("torch.nn.grad.conv2d_weight", G), "conv2d_weight(g)"),
        (
            operator("div", G, Arithmetic("math.sqrt", (Scalar("eps"),))),
            "g / sqrt(eps)",
        ),
        (operator("div", G, COLUMNS), "g / x.shape[-1]"),
        (method("masked_fill", G, X, 0), "g.masked_fill(x, 0)"),
    ],
)
def test_a_gradient_reads_as_mathematics(node, text):
    assert one(node) == f"grad_x = {text}"


def test_a_transpose_is_of_all_that_stands_before_it():
    assert one(operator("add", G, X), attribute("mT", Value(3))) == "grad_x = (g + x)^T"


@pytest.mark.parametrize("name", ["PDF", "aftermath", "mytorch"])
def test_a_name_that_ends_as_a_module_does_stays_whole(name):
    assert one(operator("div", G, COLUMNS), name=name).endswith(f"g / {name}.shape[-1]")


def test_a_value_that_the_user_named_is_not_spelled_out():
    made = graph(
        tensor("x"),
        method("sin", X, hint="wave"),
        method("exp", Y),
        cotangent(),
        operator("mul", Value(3), Value(1), phase=BACKWARD),
    )

    assert of(made, [2], {"x": 4})[2:] == ("    grad_x = g * wave",)


def test_what_is_used_twice_comes_first_and_names_are_aligned():
    made = graph(
        tensor("x"),
        tensor("w"),
        operator("mul", X, Y),
        cotangent(),
        method("cos", Value(3), phase=BACKWARD, gradient_of="mul"),
        operator("mul", Value(4), Y, phase=BACKWARD),
        operator("mul", Value(4), X, phase=BACKWARD),
    )

    assert of(made, [2], {"x": 5, "w": 6})[2:] == (
        "    grad_product = g.cos()",
        "    grad_x       = grad_product * w",
        "    grad_w       = grad_product * x",
    )


def test_the_incoming_gradients_of_several_outputs_are_numbered():
    made = graph(
        tensor("x"),
        method("sin", X),
        cotangent(),
        cotangent(),
        operator("add", Value(2), Value(3), phase=BACKWARD),
    )

    assert of(made, [1, 1], {"x": 4}) == (
        "With g_0, g_1 ... the incoming gradients:",
        "",
        "    grad_x = g_0 + g_1",
    )


def test_the_incoming_gradient_is_told_from_an_argument_named_g():
    made = graph(
        tensor("x"),
        tensor("g"),
        operator("mul", X, Y),
        cotangent(),
        operator("mul", Value(3), Y, phase=BACKWARD),
    )

    assert of(made, [2], {"x": 4}) == (
        "With g_2 the incoming gradient:",
        "",
        "    grad_x = g_2 * g",
    )


def test_the_gradient_of_another_argument_may_be_part_of_one():
    made = graph(
        tensor("x"),
        tensor("w"),
        operator("mul", X, Y),
        cotangent(),
        operator("mul", Value(3), Y, phase=BACKWARD),
        operator("mul", Value(4), X, phase=BACKWARD),
    )

    assert of(made, [2], {"x": 4, "w": 5})[2:] == (
        "    grad_x = g * w",
        "    grad_w = g * w * x",
    )


def test_the_incoming_gradient_may_be_a_gradient_as_it_is():
    made = graph(tensor("x"), tensor("w"), operator("add", X, Y), cotangent())

    assert of(made, [2], {"x": 3, "w": 3})[2:] == (
        "    grad_x = g",
        "    grad_w = g",
    )


def test_a_value_without_a_name_is_spelled_out():
    made = graph(
        tensor("x"),
        method("sin", X),
        cotangent(),
        operator("mul", G, Y, phase=BACKWARD),
    )

    assert of(made, [1], {"x": 3})[2:] == ("    grad_x = g * x.sin()",)


def test_an_output_without_a_gradient_has_a_number_all_the_same():
    made = graph(
        tensor("x"), method("sin", X), cotangent(), method("neg", G, phase=BACKWARD)
    )
    found = of(made, [1, 1], {"x": 3}, cotangents=(None, 2))

    assert found[2:] == ("    grad_x = g_1.neg()",)


def test_of_many_outputs_the_first_two_are_named():
    made = graph(
        tensor("x"), method("sin", X), cotangent(), method("neg", G, phase=BACKWARD)
    )
    found = of(made, [1, 1, 1], {"x": 3}, cotangents=(2, None, None))

    assert found[0] == "With g_0, g_1 ... the incoming gradients:"


def test_what_lies_otherwise_in_memory_gets_no_line():
    made = graph(
        tensor("x"),
        tensor("w"),
        operator("mul", X, Y),
        cotangent(),
        method("reshape", Value(3), (2, -1), phase=BACKWARD),
        operator("mul", Value(4), Y, phase=BACKWARD),
        operator("mul", Value(4), X, phase=BACKWARD),
    )

    assert of(made, [2], {"x": 5, "w": 6})[2:] == (
        "    grad_x = g * w",
        "    grad_w = g * x",
    )


def test_two_values_of_one_variable_are_told_apart():
    """Of `x = x.sin()`, `x = x.exp()` no formula is to say x for three things."""
    made = graph(
        tensor("x"),
        method("sin", X, hint="x"),
        method("exp", Y, hint="x"),
        method("sum", Value(2)),
        cotangent(),
        operator("mul", Value(2), Value(1), phase=BACKWARD),
        operator("mul", Value(5), X, phase=BACKWARD),
    )

    assert of(made, [3], {"x": 6})[2:] == (
        "    x_2    = x.sin()",
        "    x_3    = exp(x_2)",
        "    grad_x = x_3 * x_2 * x",
    )


def test_a_long_formula_goes_on_below_its_own_beginning():
    kwargs = {"a_keyword_of_forty_letters_" + "x" * 13: X, "another_one" + "x" * 29: X}

    first, second = one(function("torch.lerp", G, kwargs=kwargs)).splitlines()

    assert first.startswith("grad_x = lerp(g, a_keyword")
    assert second.startswith(" " * len("grad_x = ") + "another_one")


def test_a_line_is_as_full_as_its_width_allows():
    sizes = (100 + at for at in range(40))

    lines = one(function("torch.f", G, *sizes)).splitlines()

    indented = [f"    {line}" for line in lines]
    assert all(len(line) <= WIDTH for line in indented)
    for line, after in pairwise(indented):
        assert len(line) + 1 + len(after.split()[0]) > WIDTH


@pytest.mark.parametrize(
    ("count", "told"), [(MOST_LINES - 1, True), (MOST_LINES, False)]
)
def test_a_long_derivation_is_told_by_the_code_alone(count, told):
    """One line for each named value, and one for the gradient."""
    chain = [method("sin", Value(2 + at), hint=f"grad_{at}") for at in range(4 * count)]
    phased = [
        replace(each, phase=BACKWARD, hint=each.hint if at % 4 == 3 else "")
        for at, each in enumerate(chain)
    ]
    made = graph(
        tensor("x"),
        method("sin", X),
        cotangent(),
        *phased,
        operator("mul", Value(2 + len(chain)), X, phase=BACKWARD),
    )

    found = of(made, [1], {"x": 3 + len(chain)})

    assert bool(found) is told


def test_behind_names_that_leave_no_room_a_formula_begins_below():
    name = "positional_encoding_of_every_coordinate_of_the_sampled_points"
    made = one(method("cos", X, phase=BACKWARD), name=name)

    assert made == f"grad_{name} =\n    {name}.cos()"
