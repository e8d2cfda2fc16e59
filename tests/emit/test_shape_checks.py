"""What a function refuses where its gradient holds for some shapes alone."""

import pytest

from layergen.emit.refused import checks
from layergen.emit.shape_checks import shape_check
from layergen.ir.graph import Arithmetic
from layergen.ir.trial import Pinned, Trial
from layergen.spec.model import ANY_SHAPE, Argument, ArgumentType, Backward, Shape
from tests.emit.graphs import (
    COLUMNS,
    DEPTH,
    MATRIX,
    ROWS,
    X,
    gradients,
    graph,
    method,
    tensor,
)

TWICE = Arithmetic("*", (2, COLUMNS))


def derived(**fields):
    """Derive something of tensors of these shapes."""
    any_lead = fields.pop("any_lead", False)
    tensors = [tensor(name, shape) for name, shape in fields.items()]
    made = graph(*tensors, method("sin", X))
    return gradients(made, [len(tensors)], {}, any_lead=any_lead)


def asked(pinned=Pinned.BROADCAST, leads=(), optional=(), **shapes):
    """Print the condition under which f refuses."""
    check = shape_check("f", derived(**shapes), pinned, dict(leads), optional)
    return check.condition if check else None


def test_equal_sizes_must_stay_equal():
    assert asked(x=MATRIX, w=(COLUMNS,)) == "w.shape != x.shape[-1:]"
    assert asked(x=MATRIX, y=MATRIX) == "y.shape != x.shape"


def test_one_equal_size_is_asked_alone():
    assert asked(x=MATRIX, w=(DEPTH, COLUMNS)) == "w.shape[-1] != x.shape[-1]"


def test_sizes_that_have_nothing_to_do_with_each_other_are_not_asked():
    assert asked(x=(ROWS,), y=(COLUMNS,)) is None


def test_a_size_of_1_must_stay_1():
    """It was broadcast, and its gradient summed."""
    assert asked(x=MATRIX, w=(ROWS, 1)) == (
        "w.shape[0] != x.shape[0] or w.shape[-1] != 1"
    )


def test_ranks_are_asked_where_they_are_pinned():
    assert asked(Pinned.RANKS, x=MATRIX, w=(COLUMNS,)) == (
        "x.dim() != 2 or w.dim() != 1 or w.shape != x.shape[-1:]"
    )


def test_a_shape_that_must_be_another_s_asks_no_rank():
    assert (
        asked(Pinned.RANKS, x=MATRIX, y=MATRIX) == "x.dim() != 2 or y.shape != x.shape"
    )


def test_a_scalar_is_asked_nothing_but_its_rank():
    assert asked(x=MATRIX, s=()) is None
    assert asked(x=MATRIX, s=(), t=()) is None
    assert asked(Pinned.RANKS, x=MATRIX, s=()) == "x.dim() != 2 or s.dim() != 0"


def test_a_computed_size_must_stay_what_it_is():
    assert asked(w=(COLUMNS,), x=(ROWS, TWICE)) == "x.shape[-1] != 2 * w.shape[-1]"


def test_a_computed_size_is_read_off_an_argument_behind():
    """A check stands in the function itself, where there is no ctx."""
    assert asked(x=(ROWS, TWICE), w=(COLUMNS,)) == "x.shape[-1] != 2 * w.shape[-1]"


def test_a_computed_size_may_be_read_off_its_own_tensor():
    assert asked(x=(COLUMNS, TWICE)) == "x.shape[-1] != 2 * x.shape[0]"


def test_what_may_be_none_is_asked_where_it_is_there():
    found = asked(Pinned.RANKS, optional=["b"], x=MATRIX, b=(COLUMNS,))

    assert found == (
        "x.dim() != 2 or "
        "(b is not None and (b.dim() != 1 or b.shape != x.shape[-1:]))"
    )


def test_one_question_of_what_may_be_none_needs_no_parentheses_of_its_own():
    found = asked(optional=["b"], x=MATRIX, b=(COLUMNS,))

    assert found == "(b is not None and b.shape != x.shape[-1:])"


@pytest.mark.parametrize(
    "shape", [(DEPTH,), (ROWS, DEPTH), (Arithmetic("*", (2, DEPTH)),)]
)
def test_nothing_is_read_off_what_may_be_none(shape):
    found = asked(optional=["b"], x=(ROWS,), b=(DEPTH,), y=shape)

    assert "b" not in (found or "")


def test_behind_any_leading_dimensions_sizes_are_counted_from_the_end():
    found = asked(any_lead=True, x=(DEPTH, ROWS, COLUMNS), w=(ROWS, 1, 1))

    assert found == (
        "w.shape[-3] != x.shape[-2] or w.shape[-2] != 1 or w.shape[-1] != 1"
    )


def test_an_argument_with_any_leading_dimensions_is_read_and_not_asked():
    leads = {"x": 1, "y": 1}

    found = asked(leads=leads, any_lead=True, x=MATRIX, y=MATRIX, w=(COLUMNS,))

    assert found == "w.shape != x.shape[-1:]"


def test_only_tensors_without_dimensions_may_be_refused():
    found = shape_check(
        "f",
        derived(x=MATRIX, s=(), w=(COLUMNS,), b=(COLUMNS,)),
        Pinned.SCALARS,
        optional=["b"],
    )

    assert found.condition == (
        "x.dim() == 0 or w.dim() == 0 or (b is not None and b.dim() == 0)"
    )
    assert "tensors of one dimension or more" in found.message


def message(leads=(), **shapes):
    check = shape_check("f", derived(**shapes), Pinned.RANKS, dict(leads))
    return check.message


def test_the_message_names_equal_sizes_by_one_letter():
    found = message(x=MATRIX, w=(COLUMNS,), s=(), b=(ROWS, 1))

    assert found == (
        '"f has its gradient for the shapes x (a, b), w (b,), s (), b (a, 1)"'
    )


def test_the_message_leaves_a_computed_size_open():
    assert "x (a, ...)" in message(x=(COLUMNS, TWICE))


def test_the_message_says_where_any_dimensions_may_lead():
    found = message(leads={"x": 1}, x=MATRIX, w=(COLUMNS,))

    assert found == '"f has its gradient for the shapes x (*, a), w (a,)"'


def trial(pinned, **shapes):
    return Trial((), (), derived=(derived(**shapes),), pinned=pinned)


def argument(name, *dims, kind=ArgumentType.TENSOR):
    return Argument(name, kind, shape=Shape(dims) if dims else ANY_SHAPE)


def test_what_holds_for_all_shapes_refuses_nothing():
    found = checks(
        Backward.DERIVED, "f", (argument("x"),), trial(Pinned.NOTHING, x=MATRIX)
    )

    assert found == ()


def test_arguments_of_any_shape_are_asked():
    arguments = argument("x"), argument("y")

    [check] = checks(
        Backward.DERIVED, "f", arguments, trial(Pinned.BROADCAST, x=MATRIX, y=MATRIX)
    )

    assert check.condition == "y.shape != x.shape"


def test_an_argument_declared_with_any_leading_dimensions_is_not_asked():
    arguments = argument("x", "...", "features"), argument("w", "features")

    [check] = checks(
        Backward.DERIVED,
        "f",
        arguments,
        trial(Pinned.BROADCAST, x=MATRIX, w=(COLUMNS,)),
    )

    assert check.condition == "w.shape != x.shape[-1:]"
    assert "x (*, a), w (a,)" in check.message


def test_an_optional_argument_is_asked_as_one():
    bias = argument("b", kind=ArgumentType.OPTIONAL_TENSOR)

    [check] = checks(
        Backward.DERIVED,
        "f",
        (argument("x"), bias),
        trial(Pinned.BROADCAST, x=MATRIX, b=MATRIX),
    )

    assert check.condition == "(b is not None and b.shape != x.shape)"
