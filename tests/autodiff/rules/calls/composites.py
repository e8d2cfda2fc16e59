"""Norms over every dimension but one, and other orders of norms."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

X, Y = real(3, 4, 5), real(3, 4, 5, seed=1)

CALLS = {
    "_weight_norm": [
        # of dimension 0 and of the last one torch's own second derivative is wrong
        call(torch._weight_norm, X, real(1, 4, 1), 1),
        call(torch._weight_norm, X, real(), -1),
    ],
    "norm_except_dim": [
        call(torch.norm_except_dim, X),
        call(torch.norm_except_dim, X, 2, 1),
        call(torch.norm_except_dim, X, 2, -1),
    ],
    "normalize": [call(F.normalize, X, dim=(0, 2)), call(F.normalize, X, p=3.0)],
    "norm": [call(torch.norm, X[0], "nuc"), call(torch.norm, X, "nuc", (0, 2))],
    "linalg.matrix_norm": [
        call(torch.linalg.matrix_norm, X, order, dim, keepdim)
        for order in (1, -1, 2, float("inf"), -float("inf"), "nuc")
        for dim in ((-2, -1), (2, 0))
        for keepdim in (False, True)
    ]
    + [
        call(torch.linalg.matrix_norm, real(2, 2, 3, 4), order, keepdim=True)
        for order in ("nuc", 2, 1)
    ]
    + [
        call(torch.linalg.matrix_norm, real(2, 2, 3, 4), "nuc", (0, 1)),
        call(torch.linalg.matrix_norm, real(2, 2, 3, 2, 2), "nuc", (0, 1), True),
    ],
    "cdist": [call(torch.cdist, X, Y, p) for p in (1.0, 3.0)]
    + [
        call(torch.cdist, real(4, 5), real(3, 5), 1.0),
        call(torch.cdist, real(2, 2, 3, 5), real(2, 2, 3, 5, seed=1), 1.0),
    ],
    "pairwise_distance": [
        call(F.pairwise_distance, X, real(5), keepdim=True),
        call(F.pairwise_distance, X, Y, p=1, eps=0.1),
    ],
    "dist": [call(torch.dist, X, real(5), 1), call(torch.dist, X, X.detach())],
    "trapezoid": [
        call(torch.trapezoid, X, dx=0.3, dim=1),
        call(torch.trapezoid, real(3, 4), real(3, seed=2), dim=0),
        call(torch.trapezoid, real(4, 3), real(4, seed=2), dim=0),
        call(torch.trapezoid, X, real(3, 4, 5, seed=2), dim=0),
    ],
    "cumulative_trapezoid": [
        call(torch.cumulative_trapezoid, X, real(4, seed=2), dim=1),
        call(torch.cumulative_trapezoid, X, real(4, 5, seed=2), dim=-2),
    ],
}
