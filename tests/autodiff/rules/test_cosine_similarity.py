"""Vectors shorter than eps: torch's own gradient is no derivative there, and ours is torch's."""

import torch
import torch.nn.functional as F

from layergen.autodiff.rules.similarities import cosine_similarity
from tests.autodiff.rules.samples import real


def test_a_norm_is_bounded_after_its_gradient():
    x1, x2 = real(3, 4), real(3, 4, seed=1)
    grad = real(3, seed=2)
    out = F.cosine_similarity(x1, x2, dim=-1, eps=5.0)  # longer than each of them

    ours = cosine_similarity(grad, out, x1, x2, dim=-1, eps=5.0)

    torch.testing.assert_close(ours, torch.autograd.grad(out, (x1, x2), grad))
