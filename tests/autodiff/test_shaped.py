"""What has sizes for numbers has the shape and the dtype that torch gives it."""

import pytest
import torch
import torch.nn.functional as F

from layergen.autodiff.shaped import SHAPED, shaped
from tests.autodiff.taped import symbolic


def shape(*sizes, dtype=torch.float64):
    return torch.zeros(sizes, dtype=dtype)


def whole(*sizes):
    return shape(*sizes, dtype=torch.int64)


CALLS = (
    (F.affine_grid, (shape(3, 2, 3), [3, 4, 5, 6], False)),
    (F.affine_grid, (shape(3, 3, 4), [3, 4, 5, 6, 7], False)),
    (torch.kron, (shape(2, 3), shape(4, 5))),
    (torch.kron, (shape(2, 3), shape(4, 5, 2))),
    (torch.kron, (shape(2, 3), whole(4))),
    (torch.linspace, (0, 1, 4)),
    (F.one_hot, (whole(2, 3), 4)),
    (torch.diag, (shape(4), 2)),
    (torch.diag, (shape(4), -2)),
    (torch.diag, (shape(4, 5), 2)),
    (torch.diag, (shape(4, 5), -2)),
    (torch.diag, (shape(4, 5), 9)),
    (torch.diagonal, (shape(4, 5, 6), 1)),
    (torch.diagonal, (shape(4, 5, 6), -1, -1, 0)),
    (torch.diagonal_scatter, (shape(4, 5), shape(4), 1)),
    (F.max_pool1d, (shape(2, 3, 9), 2)),
    (F.max_pool1d, (shape(2, 3, 9), 3, 2, 1, 2, True)),
    (torch.select_scatter, (shape(4, 5), shape(5), 0, 1)),
    (torch.slice_scatter, (shape(4, 5), shape(4, 2), 1, 0, 4, 2)),
    (torch.take_along_dim, (shape(4, 5), whole(2, 1), 0)),
    (torch.take_along_dim, (shape(1, 5), whole(4, 3), -1)),
    (torch.take_along_dim, (shape(4, 5), whole(2, 3))),
    (torch.tril, (shape(4, 5), 1)),
    (torch.triu, (shape(4, 5), -1)),
)


@pytest.mark.parametrize(
    ("function", "args"), CALLS, ids=lambda each: getattr(each, "__name__", "")
)
def test_the_shape_is_torch_s(function, args):
    own, theirs = SHAPED[function.__name__](*args), function(*args)

    assert own.shape == theirs.shape
    assert own.dtype == theirs.dtype or function is torch.linspace


def test_each_is_tried():
    assert {function.__name__ for function, _ in CALLS} == set(SHAPED)


def test_what_has_no_size_among_its_arguments_is_left_to_torch():
    assert shaped(torch.kron, (shape(2, 3), shape(4, 5)), {}) is None
    assert shaped(torch.linspace, (0, 1, 4), {}) is None


def test_what_has_one_is_not():
    sandbox, [x, y] = symbolic(x=(2, 3), y=(4, 5))

    with sandbox.entered(gradients=True):
        made = shaped(torch.kron, (x, y), {})

    assert str(made.shape[0].node.expr) == str((x.shape[0] * y.shape[0]).node.expr)


def test_classes_that_torch_must_count_are_counted():
    assert SHAPED["one_hot"](whole(2, 3)) is None
