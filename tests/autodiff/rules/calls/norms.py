"""Orders below and above 2, ties, and every way to name the dimensions."""

import torch

from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)
TIED = torch.tensor([[1.0, -1.0, 0.5], [0.0, 0.0, 0.0]], dtype=torch.float64)
TIED.requires_grad_()
ORDERS = (0.5, 1, 1.5, 2, 2.0, 3, -1.0, float("inf"), -float("inf"))

CALLS = {
    "linalg.vector_norm": [
        *(call(torch.linalg.vector_norm, X, order, 1) for order in ORDERS),
        *(call(torch.linalg.vector_norm, TIED, order, -1, True) for order in ORDERS),
        call(torch.linalg.vector_norm, X),
        call(torch.linalg.vector_norm, X, dim=(-3, -1)),
        call(torch.linalg.vector_norm, X, 3, dim=(2, 0)),
        call(torch.linalg.vector_norm, x=X, dim=-1, keepdim=True),
    ],
    "norm": [
        call(torch.norm, X),
        call(torch.norm, X, p=None, dim=-1),
        call(torch.norm, X, p=1, dim=(0, -1)),
        call(torch.Tensor.norm, X, 2, 1, True),
    ],
    "linalg.norm": [
        call(torch.linalg.norm, X),
        call(torch.linalg.norm, X, dim=1),
        call(torch.linalg.norm, X, "fro", dim=(0, 1), keepdim=True),
        call(torch.linalg.norm, X[0, 0], 3),
    ],
    "linalg.matrix_norm": [
        call(torch.linalg.matrix_norm, X),
        call(torch.linalg.matrix_norm, X, dim=(0, -1), keepdim=True),
    ],
}
