"""What forward keeps for backward: the cheapest cut, by bytes at nominal sizes."""

import pytest

from layergen.autodiff.saving import kept_values, reach
from layergen.ir.graph import Arithmetic, Size, Value
from layergen.spec.model import Recompute
from tests.emit.graphs import (
    BACKWARD,
    COLUMNS,
    ROWS,
    X,
    Y,
    cotangent,
    function,
    graph,
    method,
    operator,
    part,
    tensor,
)

NONE, CHEAP, ALL = Recompute


def used(*forward, by, outputs=(), recompute=CHEAP):
    """Choose what to keep of a forward for one operation of backward."""
    nodes = [*forward, cotangent()]
    taken = map(Value, by)
    last = function("torch.f", Value(len(forward)), *taken, phase=BACKWARD)
    return kept_values(graph(*nodes, last), [len(nodes)], outputs, recompute)


def product_and_sine(**fields):
    """Compute sin(x @ w), of which backward uses all."""
    return (
        tensor("x"),
        tensor("w"),
        operator("matmul", X, Y, **fields),
        method("sin", Value(2)),
    )


@pytest.mark.parametrize(
    ("recompute", "kept"), [(NONE, (0, 1, 2, 3)), (CHEAP, (0, 1, 2)), (ALL, (0, 1))]
)
def test_what_is_computed_again(recompute, kept):
    """Nothing; what is cheap, here the sine; all, the product too."""
    found = used(*product_and_sine(), by=[0, 1, 2, 3], recompute=recompute)

    assert found == kept


def test_only_what_backward_uses_is_kept():
    assert used(*product_and_sine(), by=[1], recompute=NONE) == (1,)


@pytest.mark.parametrize(
    "op",
    ["matmul", "conv2d", "linalg.inv", "fft.rfft", "sort", "cumsum"],
)
def test_what_is_dear_is_kept(op):
    nodes = tensor("x"), function(op, X), method("sin", Y)

    assert used(*nodes, by=[1, 2]) == (1,)


def test_what_is_costly_is_kept_where_as_much_would_be_kept_without_it():
    product = tensor("x"), tensor("w"), operator("matmul", X, Y)
    nodes = *product, function("softmax", Value(2))

    assert used(*nodes, by=[3]) == (3,)


def test_what_is_costly_is_computed_again_where_that_keeps_less():
    assert used(tensor("x"), function("softmax", X), by=[1]) == (0,)


@pytest.mark.parametrize("recompute", Recompute)
def test_what_is_random_is_kept_whatever_is_computed_again(recompute):
    nodes = tensor("x"), method("bernoulli", X, random=True), operator("mul", X, Y)

    assert 1 in used(*nodes, by=[0, 2], recompute=recompute)


@pytest.mark.parametrize("recompute", Recompute)
def test_noise_behind_what_is_kept_is_kept_though_backward_uses_it_not(recompute):
    """A second derivative computes what is kept again, from the same numbers."""
    noise = method("bernoulli", X, random=True)
    nodes = tensor("x"), noise, operator("matmul", X, Y)

    assert 1 in used(*nodes, by=[0, 2], recompute=recompute)


@pytest.mark.parametrize("recompute", [CHEAP, ALL])
def test_what_changes_state_is_not_run_again(recompute):
    nodes = tensor("x"), function("F.batch_norm", X, changes_state=True)

    assert used(*nodes, by=[1], recompute=recompute) == (1,)


@pytest.mark.parametrize("recompute", Recompute)
def test_a_constant_of_the_inputs_is_kept(recompute):
    """Computed again in backward, outside of torch.no_grad(), it would have a gradient."""
    nodes = tensor("x"), method("exp", X, constant=True), operator("mul", X, Y)

    assert 1 in used(*nodes, by=[1], recompute=recompute)


@pytest.mark.parametrize("recompute", Recompute)
def test_a_constant_behind_what_is_kept_is_kept(recompute):
    nodes = tensor("x"), method("exp", X, constant=True), operator("matmul", X, Y)

    assert 1 in used(*nodes, by=[0, 2], recompute=recompute)


def test_of_several_constants_the_last_is_kept():
    chain = method("exp", X, constant=True), method("sin", Y, constant=True)
    nodes = tensor("x"), *chain, operator("mul", X, Value(2))

    assert used(*nodes, by=[2]) == (2,)


@pytest.mark.parametrize(
    "constant",
    [
        method("argmax", X, constant=True, dtype="int64"),
        function("torch.arange", 3, constant=True),
    ],
)
def test_a_constant_that_never_has_a_gradient_is_computed_again(constant):
    nodes = tensor("x"), constant, operator("mul", X, Y)

    assert 1 not in used(*nodes, by=[0, 1])


def test_the_smaller_of_two_cuts_is_kept():
    """The half is smaller than what it is half of."""
    half = method("f", Value(2), shape=(ROWS, 32))
    nodes = tensor("x"), tensor("w"), operator("matmul", X, Y), half

    assert used(*nodes, by=[3]) == (3,)
    assert used(*nodes, by=[2, 3]) == (2,)


def test_what_is_far_smaller_is_kept_beside_what_is_returned_for_backward_anyway():
    mean = method("mean", Value(2), shape=(ROWS, 1))
    nodes = tensor("x"), tensor("w"), operator("matmul", X, Y), mean

    assert used(*nodes, by=[2, 3]) == (2, 3)


def test_a_mask_is_smaller_than_what_it_was_made_of():
    mask = operator("gt", Value(2), 0, dtype="bool")
    nodes = tensor("x"), tensor("w"), operator("matmul", X, Y), mask

    assert used(*nodes, by=[3]) == (3,)


def test_two_parts_that_meet_are_one_cut():
    """exp(x) and exp(y) are larger than exp(x) + exp(y), which is all that is used."""
    nodes = (
        tensor("x"),
        tensor("y"),
        operator("matmul", X, X),
        operator("matmul", Y, Y),
        operator("add", Value(2), Value(3)),
        method("sin", Value(4)),
        method("cos", Value(4)),
    )

    assert used(*nodes, by=[5, 6]) == (4,)


def test_an_input_lives_on_anyway():
    """Of a chain on an input none is kept, though all are of one size."""
    nodes = tensor("x"), method("exp", X), method("sin", Y)

    assert used(*nodes, by=[2]) == (0,)


def test_an_output_lives_on_anyway():
    nodes = *product_and_sine(), method("cos", Value(3))

    assert used(*nodes, by=[3], outputs=[3]) == (3,)
    assert used(*nodes, by=[4], outputs=[3]) == (3,)


def test_where_all_is_computed_again_even_a_large_input_is_kept_for_a_small_value():
    nodes = tensor("x"), method("mean", X, shape=(ROWS, 1))

    assert used(*nodes, by=[1]) == (1,)
    assert used(*nodes, by=[1], recompute=ALL) == (0,)


@pytest.mark.parametrize(("size", "kept"), [(63, 3), (65, 2)])
def test_a_free_size_counts_as_64_whatever_the_example_s_was(size, kept):
    first = operator("matmul", X, Y, shape=(ROWS,))
    nodes = tensor("x"), tensor("w"), first, method("sin", Value(2), shape=(size,))

    assert used(*nodes, by=[3]) == (kept,)


def test_one_symbol_counts_as_another():
    for free in (Size("s2"), Size("s90000")):
        first = operator("matmul", X, Y, shape=(free, free))
        mean = method("mean", Value(2), shape=(free,))

        assert used(tensor("x"), tensor("w"), first, mean, by=[3]) == (3,)


HALF = Arithmetic("//", (COLUMNS, 2))
LESS = Arithmetic("-", (COLUMNS, Arithmetic("*", (3, ROWS))))
NO_SIZE = Arithmetic("//", (COLUMNS, Arithmetic("-", (COLUMNS, ROWS))))
LARGE = Arithmetic("**", (COLUMNS, 2))


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        (HALF, 3),
        (Arithmetic("+", (COLUMNS, 1)), 2),
        (Arithmetic("max", (COLUMNS, 65)), 2),
        (Arithmetic("min", (COLUMNS, 63)), 3),
        (Arithmetic("%", (COLUMNS, 60)), 3),
        (LARGE, 2),
        (Arithmetic("/", (LARGE, 65)), 3),
    ],
)
def test_a_computed_size_counts_as_what_it_is_at_64(size, kept):
    first = operator("matmul", X, Y, shape=(COLUMNS,))
    nodes = tensor("x"), tensor("w"), first, method("sin", Value(2), shape=(size,))

    assert used(*nodes, by=[3]) == (kept,)


@pytest.mark.parametrize("size", [LESS, NO_SIZE])
def test_a_size_that_can_not_be_nominal_counts_all_the_same(size):
    """Of a crop x[2 * margin:] all sizes can't be 64."""
    first = operator("matmul", X, Y, shape=(32,))
    nodes = tensor("x"), tensor("w"), first, method("sin", Value(2), shape=(size,))

    assert used(*nodes, by=[2, 3]) == (2,)


def test_several_results_are_kept_one_by_one():
    several = function("torch.topk", X, 2, parts=2, shape=(), dtype="")
    nodes = tensor("x"), several, part(Y, 0), part(Y, 1, dtype="int64")

    assert used(*nodes, by=[2, 3]) == (2, 3)
    assert used(*nodes, by=[3]) == (3,)


def test_a_gradient_that_is_a_value_of_the_forward_uses_it():
    made = graph(tensor("x"), tensor("w"), operator("matmul", X, Y))

    assert kept_values(made, [2], [], CHEAP) == (2,)


def test_nothing_is_kept_for_a_linear_backward():
    assert used(*product_and_sine(), by=[]) == ()


def test_reach_goes_back_to_the_beginning_or_to_a_stop():
    made = graph(*product_and_sine())

    assert reach(made, [3]) == {0, 1, 2, 3}
    assert reach(made, [3], stop=[2]) == {2, 3}


def reduced(shape):
    """Keep something of x and of its sum, which the forward returns."""
    total = method("sum", X, shape=shape)
    return used(tensor("x"), total, by=[0, 1], outputs=[1])


def test_an_output_is_kept_that_is_far_smaller_than_what_it_comes_from():
    assert reduced((ROWS,)) == (0, 1)


def test_an_output_is_computed_again_that_is_no_smaller():
    assert reduced((ROWS, COLUMNS)) == (0,)


def test_a_small_value_that_is_no_output_is_computed_again():
    total = method("sum", X, shape=(ROWS,))

    assert used(tensor("x"), total, by=[0, 1]) == (0,)
