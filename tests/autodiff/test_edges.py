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
