"""What a line may name: sizes are read off what is visible, or off a shape that was kept alone."""

import pytest

from layergen.emit.at_hand import AtHand
from layergen.emit.names import Names
from layergen.ir.graph import Arithmetic, Scalar, Size
from tests.emit.graphs import (
    COLUMNS,
    DEPTH,
    MATRIX,
    ROWS,
    X,
    graph,
    method,
    operator,
    tensor,
)

HALF = Arithmetic("//", (COLUMNS, 2))


def at_hand(*nodes, known, **options):
    return AtHand(graph(*nodes), Names(()), known, **options)


def matrix_and_column(**options):
    """See x of (rows, columns), and its sum of (rows, 1)."""
    total = method("sum", X, -1, shape=(ROWS, 1))
    return at_hand(tensor("x"), total, **options)


def test_the_last_dimension_is_counted_from_the_end():
    body = at_hand(tensor("x"), known={0: "x"})

    assert body.size(COLUMNS) == "x.shape[-1]"
    assert body.size(ROWS) == "x.shape[0]"


@pytest.mark.parametrize(
    ("dim", "rank", "place"), [(0, 1, -1), (0, 2, 0), (1, 3, -2), (1, 4, 1), (3, 4, -1)]
)
def test_the_last_but_one_of_many_dimensions_is_counted_from_the_end(dim, rank, place):
    body = at_hand(tensor("x"), known={})

    assert body.place(dim, rank) == place


def test_behind_any_leading_dimensions_all_are_counted_from_the_end():
    body = at_hand(tensor("x"), known={0: "x"}, from_end=True)

    assert body.size(ROWS) == "x.shape[-2]"


def test_a_size_is_read_off_the_first_value_that_has_it():
    body = matrix_and_column(known={1: "total", 0: "x"})

    assert body.size(ROWS) == "total.shape[0]"
    assert body.size(COLUMNS) == "x.shape[-1]"


def test_a_size_of_an_argument_that_is_not_kept_is_read_off_its_shape_on_ctx():
    body = matrix_and_column(known={1: "total"})

    assert body.size(COLUMNS) == "ctx.x_shape[-1]"
    assert body.missing_shapes == {0: "x_shape"}


def test_no_shape_is_asked_for_where_a_value_has_the_size():
    body = matrix_and_column(known={1: "total"})
    body.size(ROWS)

    assert body.missing_shapes == {}


def test_no_size_is_read_off_what_stands_behind_a_condition():
    body = matrix_and_column(known={0: "x", 1: "total"})
    body.hidden.add(0)

    assert body.size(ROWS) == "total.shape[0]"
    assert body.size(COLUMNS) == "ctx.x_shape[-1]"


def test_a_size_that_no_tensor_has_is_a_bug_of_ours():
    with pytest.raises(AssertionError, match="depth"):
        at_hand(tensor("x"), known={0: "x"}).size(DEPTH)


def test_a_computed_size_is_read_where_it_stands():
    half = operator("add", X, X, shape=(ROWS, HALF))
    body = at_hand(tensor("x"), half, known={0: "x", 1: "half"})

    assert body.size(HALF) == "half.shape[-1]"


def test_a_computed_size_that_stands_nowhere_is_computed():
    body = at_hand(tensor("x"), known={0: "x"})

    assert body.size(HALF) == ""
    assert body.numbers.text(HALF) == "x.shape[-1] // 2"


def test_the_shape_of_a_known_value_is_its_own():
    body = matrix_and_column(known={0: "x", 1: "total"})

    assert body.shape(1) == "total.shape"


def test_of_two_values_of_one_shape_each_has_its_own():
    body = at_hand(tensor("x"), tensor("y"), known={0: "x", 1: "y"})

    assert body.shape(1) == "y.shape"


def test_the_shape_of_an_argument_that_is_not_kept_is_kept_alone():
    body = matrix_and_column(known={1: "total"})

    assert body.shape(0) == "ctx.x_shape"
    assert body.missing_shapes == {0: "x_shape"}


def test_the_shape_of_a_hidden_argument_is_kept_alone():
    body = matrix_and_column(known={0: "x", 1: "total"})
    body.hidden.add(0)

    assert body.shape(0) == "ctx.x_shape"


def test_the_shape_of_a_lost_value_is_that_of_one_like_it():
    nodes = tensor("x"), operator("neg", X)

    assert at_hand(*nodes, known={0: "x"}).shape(1) == "x.shape"


def test_the_shape_of_a_lost_value_like_no_other_is_put_together():
    assert matrix_and_column(known={0: "x"}).shape(1) == "(x.shape[0], 1)"


def test_a_number_of_elements_is_that_of_a_tensor_with_all_the_sizes():
    body = at_hand(tensor("x"), known={0: "x"})

    assert body.count((COLUMNS, ROWS)) == "x.numel()"
    assert body.count((COLUMNS, ROWS, 2)) == ""
    assert body.count((ROWS, ROWS)) == ""


def test_dimensions_of_size_1_do_not_count():
    body = at_hand(tensor("x", (ROWS, 1, COLUMNS)), known={0: "x"})

    assert body.count(MATRIX) == "x.numel()"


def test_a_computed_size_counts_as_its_factors():
    twice = Arithmetic("*", (2, COLUMNS))
    body = at_hand(tensor("x", (ROWS, twice)), known={0: "x"})

    assert body.count((2, ROWS, COLUMNS)) == "x.numel()"


def test_the_only_size_of_a_vector_is_no_count():
    assert at_hand(tensor("x", (ROWS,)), known={0: "x"}).count((ROWS,)) == ""


def test_elements_of_a_hidden_value_are_not_counted():
    body = at_hand(tensor("x"), known={0: "x"})
    body.hidden.add(0)

    assert body.count(MATRIX) == ""


def test_a_number_of_the_user_is_noted_as_used():
    body = at_hand(tensor("x"), known={})

    assert body.numbers.text(Scalar("eps")) == "eps"
    assert body.used_scalars == {"eps"}


def test_dtype_and_device_are_those_of_a_visible_floating_tensor():
    nodes = tensor("at", dtype="int64"), tensor("x"), tensor("y")
    body = at_hand(*nodes, known={0: "at", 1: "x", 2: "y"})

    assert body.tensor() == "x"
    body.hidden.add(1)
    assert body.tensor() == "y"


def test_two_sizes_with_one_symbol_are_one():
    nodes = tensor("x", (Size("n"),)), tensor("y", (Size("n"), Size("m")))

    assert at_hand(*nodes, known={1: "y"}).size(Size("n")) == "y.shape[0]"
