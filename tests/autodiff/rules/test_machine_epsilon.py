"""Rows of zeros show which eps rms_norm added without one: in each dtype another."""

import pytest
import torch
import torch.nn.functional as F

from layergen.autodiff.rules.normalization import rms_norm


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_it_is_the_one_that_torch_adds(dtype):
    x = torch.zeros(2, 4, dtype=dtype, requires_grad=True)
    grad = torch.ones_like(x)
    out = F.rms_norm(x, (4,))

    ours = rms_norm(grad, out, x, (4,))[0]

    torch.testing.assert_close(ours, torch.autograd.grad(out, x, grad)[0])
