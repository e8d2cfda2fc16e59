"""Gradients in fewer operations are autograd's at 0, where numbers overflow, and in every dtype."""

import pytest
import torch

import layergen

EDGES = (0.0, -0.0, 1.0, -2.5, 1e-30, 1e30, float("inf"), -float("inf"), float("nan"))


def square(x):
    return x * x


def root(x):
    return torch.sqrt(x * x + 1)


def length(x):
    return torch.sqrt(x * x)


def halved_square(x):
    return (x**2 + x.square()) / 2


def scaled(x):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6)


FUNCTIONS = (square, root, length, halved_square, scaled)


def gradient(function, x):
    x = x.clone().requires_grad_()
    (found,) = torch.autograd.grad(function(x).sum(), x)
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_gradient_is_autograds_at_the_edges(function, dtype):
    derived = layergen.derive(function, (torch.randn(3, 4),)).function
    x = torch.tensor(EDGES, dtype=dtype)[:, None] * torch.ones(2, dtype=dtype)

    found = gradient(derived, x)

    assert found.dtype == dtype
    torch.testing.assert_close(found, gradient(function, x), equal_nan=True)


def doubled(x, s: float):
    return (x / s * 2).exp()


def twice_divided(x, s: float):
    return x / s / s


def of_squares(x, s: float):
    return (x * x) / (s * s)


def of_many_signs(x, s: float):
    return -(-x * -s) * -2 / (-s) * 0.5 + x / s / s


def of_two_terms(x, s: float):
    return x * x / s + x.exp() * 2


@pytest.mark.parametrize("s", [0.0, -0.0, 0.5, float("inf"), float("nan")])
@pytest.mark.parametrize(
    "function", [doubled, twice_divided, of_squares, of_many_signs, of_two_terms]
)
def test_a_tensor_is_divided_by_a_number_that_is_0(function, s):
    derived = layergen.derive(function, (torch.randn(3, 4), 2.0)).function
    x = torch.tensor([-2.5, -1.0, 1.0, 3.0])

    found = gradient(lambda x: derived(x, s), x)

    expected = gradient(lambda x: function(x, s), x)
    torch.testing.assert_close(found, expected, equal_nan=True)


def squared_error(x):
    return ((x - 1) ** 2).mean()


def mean_of_rows(x):
    return (x * x * 3).mean(-1)


@pytest.mark.parametrize("function", [squared_error, mean_of_rows, scaled])
@pytest.mark.parametrize("shape", [(0, 4), (3, 0), (0, 0)])
def test_a_mean_over_nothing_has_an_empty_gradient(function, shape):
    derived = layergen.derive(function, (torch.randn(3, 4),)).function

    assert gradient(derived, torch.randn(shape)).shape == shape
