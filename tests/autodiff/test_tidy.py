"""A gradient's last step in the form that a reader expects."""

import pytest
import torch

from layergen.autodiff.tidy import is_negated, origin_of, tidied
from layergen.ir.graph import Phase
from tests.autodiff.taped import recorder_of

A = torch.randn(4, 2, dtype=torch.float64)
B = torch.randn(4, 3, dtype=torch.float64)
X = torch.randn(2, 3, 5, dtype=torch.float64)


def tidy(compute, *tensors, phase=Phase.BACKWARD):
    """Tidy what a few lines give; its entry, and those of its operands."""
    recorder = recorder_of(phase, **{f"x{at}": each for at, each in enumerate(tensors)})
    with recorder:
        gradient = compute(*tensors)
        made = tidied(recorder.tape, gradient)
    torch.testing.assert_close(made, compute(*tensors))
    entry = recorder.tape.find(made)
    return entry, [recorder.tape[at] for at in entry.operands]


@pytest.mark.parametrize(
    "compute",
    [
        lambda a, b: (a.mT @ b).mT,
        lambda a, b: (a.transpose(-2, -1) @ b).mT,
        lambda a, b: (a.mT @ b).transpose(-1, -2),
        lambda a, b: (a.t() @ b).t(),
        lambda a, b: (a.T @ b).transpose(0, 1),
    ],
)
def test_a_transposed_product_is_one_of_the_factors_the_other_way_round(compute):
    entry, (first, second) = tidy(compute, A, B)

    assert entry.op == "matmul"
    assert (first.op, first.args[0].node) == ("mT", 1)
    assert second.index == 0


def test_a_transposed_product_whose_first_factor_is_no_transpose_stays():
    entry, _ = tidy(lambda a, b: (a @ b).mT, A.mT, B)

    assert entry.op == "mT"


def test_a_transpose_of_something_else_stays():
    entry, _ = tidy(lambda a: a.exp().mT, A)

    assert entry.op == "mT"


def test_a_product_stays():
    entry, _ = tidy(lambda a, b: a.mT @ b, A, B)

    assert entry.op == "matmul"


@pytest.mark.parametrize(
    ("dims", "shape"),
    [(-1, (2, 3)), (1, (2, 5)), ((0, 2), (3,)), ((-1, -2), (2,)), ((0, 1, 2), ())],
)
def test_dimensions_that_are_dropped_are_not_kept_first(dims, shape):
    entry, _ = tidy(lambda x: x.sum(dims, keepdim=True).reshape(shape), X)

    assert entry.op == "sum"
    assert entry.args[1] == dims
    assert not entry.kwargs


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x.sum(-1, keepdim=True).reshape(6),
        lambda x: x.sum(-1, keepdim=True).reshape(3, 2),
        lambda x: x.sum(-1, keepdim=True).reshape(1, 2, 3),
        lambda x: x.sum((0, 1), keepdim=True).reshape(1, 5),
        lambda x: x.sum(-1).reshape(6),
        lambda x: x.amax(-1, keepdim=True).reshape(2, 3),
    ],
)
def test_a_reshape_that_does_more_stays(compute):
    entry, _ = tidy(compute, X)

    assert entry.op == "reshape"


def test_the_user_s_own_forward_stays_as_it_is():
    entry, _ = tidy(lambda a, b: (a.mT @ b).mT, A, B, phase=Phase.FORWARD)

    assert entry.op == "mT"


def test_a_tensor_that_was_not_recorded_stays():
    assert tidied(recorder_of(x=A).tape, B) is B


def test_what_is_negated_is_told_and_found():
    recorder = recorder_of(x=A)
    with recorder:
        plus = A * 2
        minus = -plus

    assert is_negated(recorder.tape, minus)
    assert not is_negated(recorder.tape, plus)
    assert not is_negated(recorder.tape, B)
    assert origin_of(recorder.tape, minus) is plus


def test_what_the_user_negated_is_a_value_of_the_forward():
    recorder = recorder_of(Phase.FORWARD, x=A)
    with recorder:
        minus = -A

    assert not is_negated(recorder.tape, minus)


def test_two_signs_of_a_product_cancel():
    entry, (first,) = tidy(lambda a, b: -(-a * b / 2), A, A + 1)

    assert entry.op == "div"
    assert first.op == "mul"
    assert [first.args[0].node, first.args[1].node] == [0, 1]


def test_two_signs_stay_where_the_product_is_used_elsewhere():
    recorder = recorder_of(Phase.BACKWARD, a=A, b=A)
    with recorder:
        product = -A * A
        product.exp()
        gradient = -product
        made = tidied(recorder.tape, gradient)

    assert made is gradient


def test_one_sign_stays():
    entry, _ = tidy(lambda a, b: -(a * b), A, A)

    assert entry.op == "neg"
