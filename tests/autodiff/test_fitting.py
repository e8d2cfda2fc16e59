"""A gradient brought to the shape of its operand, by the sum that a reader expects."""

import pytest
import torch

from layergen.autodiff.fitting import aligned, broadcasts_to, is_one, summed
from layergen.ir.graph import Kind
from tests.autodiff.agreement import assert_same_gradients
from tests.autodiff.taped import recorder_of, shape_of, symbolic
from tests.autodiff.ungated import ungated


def shaped(*sizes):
    return torch.randn(sizes, dtype=torch.float64)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((2, 3), (2, 3), True),
        ((2, 1), (2, 1), True),
        ((2, 3), (2, 1), False),
        ((2, 1), (2, 3), False),
        ((3,), (1, 3), False),
        ((), (), True),
    ],
)
def test_shapes_that_broadcast_together_are_one_or_differ_in_a_1(one, other, same):
    assert aligned(shaped(*one), shaped(*other)) is same


def test_two_sizes_that_broadcast_together_are_equal_though_nobody_proved_it():
    _, (x, y) = symbolic(x=(2, 3), y=(2, 3))

    assert aligned(x, y)


def test_a_size_is_1_where_a_guard_says_so():
    """A part of a box that is cut in four."""
    _, [boxes] = symbolic(boxes=(2, 4))
    size = (boxes.shape[1] + 3) // 4

    assert not is_one(size)
    assert size == 1  # which is a guard
    assert is_one(size)
    assert not is_one(boxes.shape[1])


@pytest.mark.parametrize(
    ("gradient", "target", "fits"),
    [
        ((2, 3), (2, 3), True),
        ((2, 1), (2, 3), True),
        ((3,), (2, 3), True),
        ((), (2, 3), True),
        ((2, 3), (2, 1), False),
        ((2, 3), (3,), False),
        ((1, 3), (3,), False),
    ],
)
def test_a_gradient_broadcasts_to_what_is_at_least_as_large(gradient, target, fits):
    assert broadcasts_to(shaped(*gradient), shaped(*target)) is fits


def fitted(compute, gradient, *tensors):
    """Sum a gradient to the shape of what a few lines give; the entry of the sum."""
    recorder = recorder_of(**{f"x{at}": each for at, each in enumerate(tensors)})
    with recorder:
        operand = recorder.tape.find(compute(*tensors))
        recorder.tape.leaf(Kind.COTANGENT, "grad_out", gradient)
        made = summed(gradient, operand, shape_of(operand), recorder.tape.entries)
    entry = recorder.tape.find(made)
    if entry.op == "sum":
        wanted = gradient.sum_to_size(operand.result.shape)
        torch.testing.assert_close(made, wanted)
    return entry


KEPT = {"keepdim": True}


@pytest.mark.parametrize(
    ("dims", "shape"),
    [(-1, (2, 3, 4)), (1, (2, 3, 4)), ((0, 2), (2, 3, 4)), (-2, (5, 6))],
)
def test_the_sum_runs_over_the_dims_of_the_reduction_that_gave_the_shape(dims, shape):
    entry = fitted(lambda x: x.mean(dims, keepdim=True), shaped(*shape), shaped(*shape))

    assert (entry.op, entry.args[1], entry.kwargs) == ("sum", dims, KEPT)


def test_the_reduction_may_be_some_operations_back():
    entry = fitted(
        lambda x: (x.var(dim=1, keepdim=True) + 1e-5).rsqrt() * 2,
        shaped(2, 3),
        shaped(2, 3),
    )

    assert entry.args[1] == 1


def test_a_reduction_of_other_dims_does_not_count():
    """x.sum(0) was broadcast and summed again: what is left are both dims."""
    entry = fitted(lambda x: x.mean(-1, keepdim=True)[:1], shaped(2, 3), shaped(2, 3))

    assert set(entry.args[1]) == {-1, -2}


@pytest.mark.parametrize(
    ("operand", "dims"),
    [((2, 1), -1), ((1, 1), (-2, -1)), ((1, 3), 0)],
)
def test_without_a_reduction_the_sum_runs_over_sizes_of_1(operand, dims):
    """The last dimensions are counted from the end: so they are the last of any rank."""
    entry = fitted(lambda x: x * 2, shaped(2, 3), shaped(*operand))

    assert (entry.op, entry.args[1]) == ("sum", dims)


def test_an_operand_of_lower_rank_is_summed_to_its_size():
    entry = fitted(lambda x: x * 2, shaped(2, 3), shaped(3))

    assert entry.op == "sum_to_size"


@pytest.mark.parametrize(
    ("forward", "other"),
    [
        (lambda x, b: (x + b).sum(-1), (2, 1)),
        (lambda x, b: (x - b).mean(-1, keepdim=True), (2, 1)),
        (lambda x, b: (x + b).sum(), ()),
    ],
)
def test_a_gradient_of_an_operand_s_shape_is_summed_where_it_stands_for_many(
    forward, other
):
    """The gradient of x + b is not written out, and so has b's shape; it is that of each element."""
    inputs = shaped(2, 3), shaped(*other)

    assert_same_gradients(ungated(forward, inputs).function, forward, *inputs)


@pytest.mark.parametrize(
    "forward",
    [
        lambda x, y: (x * y).sum(-1).mean(),
        lambda x, y: (x * y).mean((0, 1)).sum(),
        lambda x, y: ((x * y).sum(0) * y.mean(0)).mean(),
    ],
)
def test_a_gradient_of_no_dimensions_stays_a_number_through_sums(forward):
    inputs = shaped(2, 3), shaped(2, 3)
    found = ungated(forward, inputs)

    assert_same_gradients(found.function, forward, *inputs)
    assert ".expand(" not in found.source
