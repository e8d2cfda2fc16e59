"""Complex arguments of what was derived at real ones: right, or refused."""

import pytest
import torch
import torch.nn.functional as F

import layergen


def shifted(x, y):
    return 3 * x.flip(0) - y.mean(0)


def product(x, y):
    return x * y


def weighed(x, y):
    return F.linear(x, y)


def length(x, y):
    return x.abs() + y.abs()


def cut(x, y):
    return F.relu(x) * F.relu(y)


def turned(x, y):
    return x * 1j + y


def conjugated(x, y):
    return x.sum(-1) + y.conj().mean()


def parts(x, y):
    return x.real + y.real


REAL = (torch.randn(3, 3), torch.randn(3, 3))
COMPLEX = tuple(torch.complex(each, each.flip(0)) for each in REAL)


def gradients(function, args):
    given = [each.clone().requires_grad_() for each in args]
    out = function(*given)
    cotangent = torch.complex(torch.ones(out.shape), 2 * torch.ones(out.shape))
    out.backward(cotangent if out.is_complex() else cotangent.real)
    return [each.grad for each in given]


@pytest.mark.parametrize(
    "forward", [product, weighed, length, turned, conjugated, parts]
)
def test_complex_tensors_are_refused_where_conjugates_would_be_missing(forward):
    ours = layergen.derive(forward, REAL).function

    with pytest.raises(ValueError, match="has its gradient for real tensors"):
        ours(*COMPLEX)


@pytest.mark.parametrize("forward", [shifted, cut])
def test_nothing_is_asked_of_what_is_linear_or_takes_no_complex_tensor(forward):
    assert "is_complex" not in layergen.derive(forward, REAL).source


def test_what_is_linear_is_right_for_complex_tensors():
    ours = layergen.derive(shifted, REAL).function

    torch.testing.assert_close(gradients(ours, COMPLEX), gradients(shifted, COMPLEX))


@pytest.mark.parametrize("forward", [product, weighed, length, turned])
def test_what_is_derived_at_complex_tensors_takes_them(forward):
    ours = layergen.derive(forward, COMPLEX).function

    torch.testing.assert_close(gradients(ours, COMPLEX), gradients(forward, COMPLEX))


def test_a_real_argument_beside_complex_ones_stays_real():
    ours = layergen.derive(product, (COMPLEX[0], REAL[1])).function

    with pytest.raises(ValueError, match="real tensors"):
        ours(*COMPLEX)


def gated(x, weight, gate):
    return (x @ weight) * gate.clamp(min=0)


def scaled(x, by):
    return x * by


def test_a_pair_may_be_complex_where_neither_one_nor_all_may():
    ours = layergen.derive(gated, (*REAL, REAL[0])).function

    with pytest.raises(ValueError, match="real tensors"):
        ours(*COMPLEX, REAL[0])


def test_a_number_may_be_complex_too():
    ours = layergen.derive(scaled, (REAL[0], 2.0)).function

    with pytest.raises(ValueError, match="real tensors"):
        ours(COMPLEX[0], 1j)
