"""The statements of one Function: what forward returns, what is saved, and in what order."""

from dataclasses import replace

from layergen.emit.printed import Statements
from layergen.ir.graph import DtypeOf, Named, Scalar, ShapeOf, Value
from tests.emit.graphs import (
    COLUMNS,
    X,
    Y,
    arguments,
    cotangent,
    gradients,
    graph,
    method,
    operator,
    tensor,
)
from tests.emit.printed import BW, named, sine_of_product, texts


def doubled(operation, saved=(0,), **fields):
    """Derive an operation on x whose gradient is twice the incoming one."""
    made = graph(
        tensor("x"), operation, cotangent(), operator("mul", Value(2), 2, **BW)
    )
    return gradients(made, [1], {"x": 3}, saved=saved, **fields)


def test_forward_returns_what_is_kept_beside_its_result():
    assert texts(sine_of_product()).forward == "p = x @ w\nreturn torch.sin(p), p"


def test_forward_returns_its_result_alone_where_nothing_is_kept():
    derived = replace(sine_of_product(), kept=(), saved=(0, 1))

    assert texts(derived).forward == "p = x @ w\nreturn torch.sin(p)"


def test_a_gradient_that_is_a_shared_value_stands_in_its_argument_s_place():
    made = graph(
        tensor("x"),
        tensor("y"),
        operator("sub", X, Y),
        cotangent(),
        operator("mul", Value(3), 2, **BW),
        operator("neg", Value(4), **BW),
    )

    assert texts(gradients(made, [2], {"x": 4, "y": 5})).backward == (
        Statements((0, 1), ("product = 2 * grad_out",)),
        Statements((0,), ("grad_x = product",)),
        Statements((1,), ("grad_y = -product",)),
    )


def test_a_tuple_of_one_stays_one():
    derived = doubled(method("sin", X), single=False)

    assert texts(derived).forward == "return x.sin(),"


def test_backward_takes_what_is_kept_and_is_told_that_it_has_no_gradient():
    found = texts(sine_of_product())

    assert found.saved == ("x", "w", "p")
    assert found.kept == found.marked == ("p",)
    assert found.outputs == ("_", "p")


def test_what_two_gradients_share_comes_first_and_theirs_behind():
    assert texts(sine_of_product()).backward == (
        Statements((0, 1), ("grad_p = grad_out * torch.cos(p)",)),
        Statements((0,), ("grad_x = grad_p @ w.mT",)),
        Statements((1,), ("grad_w = x.mT @ grad_p",)),
    )


def test_what_one_gradient_alone_needs_stands_before_it():
    made = graph(
        tensor("x"),
        tensor("w"),
        operator("add", X, Y),
        cotangent(),
        method("exp", Value(3), **BW),
        operator("mul", Value(4), Value(4), hint="grad_x", **BW),
        method("neg", Value(3), hint="grad_w", **BW),
    )

    assert texts(gradients(made, [2], {"x": 5, "w": 6})).backward == (
        Statements(
            (0,),
            ("exponential = grad_out.exp()", "grad_x = exponential * exponential"),
        ),
        Statements((1,), ("grad_w = grad_out.neg()",)),
    )


def test_a_long_gradient_is_assigned_once():
    sines = [method("sin", Value(2 + at), **BW) for at in range(7)]
    last = replace(sines[-1], hint="grad_x")
    made = graph(tensor("x"), method("sin", X), cotangent(), *sines[:-1], last)

    [block] = texts(gradients(made, [1], {"x": 9})).backward

    assert block.lines == (
        "sin = grad_out.sin().sin().sin().sin().sin().sin()",
        "grad_x = sin.sin()",
    )


def test_no_size_is_read_off_what_another_gradient_alone_needs():
    """It is there only where that other gradient is wanted."""
    made = graph(
        tensor("x"),
        tensor("w"),
        method("sum", X, shape=()),
        cotangent(()),
        method("expand", Value(3), ShapeOf(X), **BW),
        operator("mul", Value(4), Value(4), **BW),
        operator("div", Value(3), COLUMNS, shape=(), **BW),
    )
    [of_x, of_w] = texts(gradients(made, [2], {"x": 5, "w": 6})).backward

    assert of_x.lines[0] == "expand = grad_out.expand(ctx.x_shape)"
    assert of_w.lines == ("grad_w = grad_out / ctx.x_shape[-1]",)


def test_what_is_not_saved_is_computed_again():
    derived = replace(sine_of_product(), kept=(), saved=(0, 1))

    [first, *_] = texts(derived).backward

    assert first.lines == ("p = x @ w", "grad_p = grad_out * torch.cos(p)")


def test_a_number_that_backward_uses_is_listed():
    made = graph(
        tensor("x"),
        operator("mul", X, Scalar("alpha")),
        cotangent(),
        operator("mul", Value(2), Scalar("alpha"), **BW),
    )
    derived = gradients(made, [1], {"x": 3}, names=("x", "alpha", "beta"))
    names = arguments("x", alpha="float", beta="float")

    assert texts(derived, names).scalars == ("alpha",)


def test_a_shape_that_backward_reads_alone_is_listed():
    made = graph(
        tensor("x"),
        operator("add", X, X),
        cotangent(),
        method("sum_to_size", Value(2), ShapeOf(X), **BW),
    )
    found = texts(gradients(made, [1], {"x": 3}))

    assert found.shapes == ("x",)
    assert found.backward[0].lines == ("grad_x = grad_out.sum_to_size(ctx.x_shape)",)


def test_the_incoming_gradient_may_be_a_gradient_as_it_is():
    made = graph(tensor("x"), tensor("w"), operator("add", X, Y), cotangent())
    found = texts(gradients(made, [2], {"x": 3, "w": 3}))

    assert found.backward == (
        Statements((0,), ("grad_x = grad_out",)),
        Statements((1,), ("grad_w = grad_out",)),
    )


def test_a_gradient_of_two_arguments_is_no_one_s():
    made = graph(
        tensor("x"),
        tensor("w"),
        operator("add", X, Y),
        cotangent(),
        operator("mul", Value(3), 2, hint="grad_x", **BW),
    )
    found = texts(gradients(made, [2], {"x": 4, "w": 4}))

    assert found.backward == (
        Statements((0, 1), ("product = 2 * grad_out",)),
        Statements((0,), ("grad_x = product",)),
        Statements((1,), ("grad_w = product",)),
    )


def two_outputs(*seeds):
    """Derive sin(x) and cos(x), as far as gradients come for them."""
    made = graph(
        tensor("x"),
        method("sin", X),
        method("cos", X),
        cotangent(),
        cotangent(),
        operator("add", Value(3), Value(4), **BW),
    )
    return gradients(made, [1, 2], {"x": 5}, cotangents=seeds)


def test_incoming_gradients_are_numbered_where_there_are_several():
    found = texts(two_outputs(3, 4))

    assert found.cotangents == ("grad_out_0", "grad_out_1")
    assert found.backward[0].lines == ("grad_x = grad_out_0 + grad_out_1",)


def test_an_output_without_a_gradient_is_marked_and_its_gradient_unread():
    found = texts(two_outputs(3, None))

    assert found.cotangents == ("grad_out_0", "_grad_out_1")
    assert found.marked == ("result",)
    assert found.outputs == ("_", "result")


def test_a_saved_result_is_the_output():
    found = texts(doubled(method("exp", X), saved=(1,)))

    assert found.saved == found.outputs == ("output",)


def test_a_saved_result_is_told_from_what_is_kept_beside_it():
    found = texts(replace(sine_of_product(), saved=(0, 1, 3, 2)))

    assert found.saved == ("x", "w", "result", "p")
    assert found.outputs == ("result", "p")


def test_a_saved_result_bears_the_user_s_name_where_several_are_returned():
    derived = two_outputs(3, 4)
    derived = named(derived, "wave", at=1, saved=(1, 2))

    assert texts(derived).saved == ("wave", "result")


def narrowed(*args):
    """Derive x.float(), whose gradient comes in the narrow dtype and goes in x's own."""
    made = graph(
        tensor("at", dtype="int64"),
        tensor("x"),
        method("float", Y, dtype="float32"),
        replace(cotangent(), dtype="float32"),
        method("to", Value(3), *args, **BW),
    )
    return gradients(made, [2], {"x": 4})


def test_an_argument_is_saved_for_a_dtype_that_nothing_else_has():
    found = texts(narrowed(DtypeOf()))

    assert found.saved == ("x",)
    assert found.backward[0].lines == ("grad_x = grad_out.to(x.dtype)",)


def test_one_argument_is_enough_for_a_dtype():
    derived = narrowed(DtypeOf())
    nodes = [tensor("w"), *derived.graph.nodes[1:]]

    found = texts(replace(derived, graph=graph(*nodes), names=("w", "x")))

    assert found.saved == ("w",)


def test_no_argument_is_saved_for_a_dtype_that_has_a_name():
    assert texts(narrowed(Named("torch.float64"))).saved == ()


def test_no_argument_is_saved_for_a_dtype_that_the_incoming_gradient_has():
    derived = narrowed(DtypeOf())
    nodes = list(derived.graph.nodes)
    nodes[3] = replace(nodes[3], dtype="float64")

    assert texts(replace(derived, graph=graph(*nodes))).saved == ()


def test_no_argument_is_saved_for_a_dtype_that_forward_asks_for():
    derived = narrowed(Named("torch.float64"))
    nodes = list(derived.graph.nodes)
    nodes[2] = replace(nodes[2], args=(*nodes[2].args, DtypeOf()))

    assert texts(replace(derived, graph=graph(*nodes))).saved == ()
