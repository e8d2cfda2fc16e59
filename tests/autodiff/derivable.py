"""Forwards that look as if they could not be derived, and must be."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

Form = Callable[..., Any]


def normal(*shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


INDEX = torch.tensor([0, 2, 1, 2])


def in_place_chain(x):
    y = x * 2
    y.add_(1).relu_()
    return y * x


def masked(x):
    return torch.where(x > 0, x, 0.1 * x)


def by_index(w, index):
    return w[index]


def embedded(w, index):
    return F.embedding(index, w)


def real_of_complex(x):
    return torch.fft.rfft(x).abs()


def noisy(x):
    return x + torch.randn_like(x) * x


def smoothed(logits, target):
    return F.cross_entropy(logits, target, label_smoothing=0.1)


def optional(x, w, b=None):
    y = x @ w
    return y if b is None else y + b


def reduced(x, y, reduction):
    d = (x - y) ** 2
    return d.mean() if reduction == "mean" else d.sum() if reduction == "sum" else d


def stopped(x):
    with torch.no_grad():
        s = x.sum()
    return x / s


def gated_by_constant(x):
    return x * torch.sigmoid(x).detach()


def view_out(x):
    return x.transpose(0, 1)


def cosine(x, y):
    return 1 - F.cosine_similarity(x, y, dim=-1)


def scaled(x):
    return x / math.sqrt(x.shape[-1])


def unpacked(x):
    a, b = x
    return a * b


def rank_checked(x):
    if x.dim() != 2:
        raise ValueError("two dimensions")
    return x * x


def shapes_checked(x, w):
    assert x.shape[-1] == w.shape[0]
    return x * w


def empty_guard(x):
    return x * 2 if x.numel() == 0 else x * 3


def unused(x, y):
    return x * 2


def same_twice(x):
    return x * x, x * x


def zero_gradient(x):
    return x.sign() + 0 * x


def grown(x):
    for _ in range(3):
        x = x + x.tanh()
    return x


def named_like_ours(grad_out, inputs):
    return grad_out * inputs.sigmoid()


def named_like_torch(sum, pow):
    return sum * pow.exp()


def negative_step(x):
    return x.flip(0)[::2]


def scripted_guard(x):
    return x * 2 if not torch.jit.is_scripting() else x


def constant_inside(x):
    return x * torch.tensor([0.5, 2.0, 1.5, 1.0], dtype=x.dtype)


def arange_inside(x):
    return x * torch.arange(x.shape[-1], dtype=x.dtype)


def checkpointed(x):
    return checkpoint(torch.tanh, x, use_reentrant=False)


def number_in_a_tensor(x, gamma):
    return x * torch.tensor(gamma).exp()


def half_rounded(x):
    return x[: round(x.shape[0] / 2)] * 2


def on_a_device(x):
    return x * torch.ones(x.shape[-1], device="cpu")


def refuses_small(x):
    if x.shape[-1] < 2:
        raise ValueError("two columns at least")
    return x.tanh()


def refuses_negative(x, eps):
    if eps < 0:
        raise ValueError("no negative eps")
    return x / (x.abs() + eps)


def caught(x):
    try:
        scale = math.sqrt(x.shape[-1])
    except TypeError:
        scale = 0.0
    return x / scale


def mean_over_a_mask(x, index):
    mask = (index > 0).float().expand_as(x)
    return ((x.exp() * mask).sum(-1) / (mask.sum(-1) + 0.3)).mean()


def weight_normed(x, v, g):
    return x @ torch._weight_norm(v, g, 0).mT


def residual_in_place(x, w):
    out = x @ w
    out += x
    return out.relu_()


def labels_of_float32(x, y):
    labels = 2 * torch.eye(x.shape[0], y.shape[0]) - torch.ones(x.shape[0], y.shape[0])
    return -F.logsigmoid(labels * (x @ y.mT)).sum(-1).mean()


def log_volume(w):
    return torch.linalg.slogdet(w)[1] * w.sum()


def solved_by_the_inverse(w, x):
    return torch.linalg.inv(w) @ x


def determinant(x):
    return torch.det(x)


def multiplied(x, y, z):
    return torch.linalg.multi_dot([x, y, z])


def counted(x, y):
    return F.poisson_nll_loss(x, y)


def view_of_input(x):
    return x.view(-1)


# The function and its inputs.


def same_size(x, weight):
    return F.conv1d(x, weight, padding="same")  # torch looks at its own limits, 2 ** 63


DERIVED: Sequence[tuple[Form, tuple[Any, ...]]] = (
    (in_place_chain, (normal(4, 4),)),
    (masked, (normal(4),)),
    (by_index, (normal(5, 3), INDEX)),
    (embedded, (normal(5, 3), INDEX)),
    (real_of_complex, (normal(8),)),
    (noisy, (normal(4),)),
    (smoothed, (normal(4, 3), INDEX)),
    (optional, (normal(4, 3), normal(3, 2))),
    (optional, (normal(4, 3), normal(3, 2), None)),
    (optional, (normal(4, 3), normal(3, 2), normal(2))),
    (reduced, (normal(4), normal(4), "mean")),
    (reduced, (normal(4), normal(4), "none")),
    (stopped, (normal(4),)),
    (gated_by_constant, (normal(4),)),
    (view_out, (normal(4, 3),)),
    (cosine, (normal(3, 4), normal(3, 4))),
    (scaled, (normal(3, 4),)),
    (unpacked, (normal(2, 5),)),
    (rank_checked, (normal(3, 4),)),
    (shapes_checked, (normal(3, 4), normal(4))),
    (empty_guard, (normal(3),)),
    (unused, (normal(3), normal(4))),
    (same_twice, (normal(3),)),
    (zero_gradient, (normal(4),)),
    (grown, (normal(4),)),
    (named_like_ours, (normal(4), normal(4))),
    (named_like_torch, (normal(4), normal(4))),
    (negative_step, (normal(5, 3),)),
    (scripted_guard, (normal(3),)),
    (constant_inside, (normal(3, 4),)),
    (arange_inside, (normal(3, 4),)),
    (checkpointed, (normal(3, 4),)),
    (number_in_a_tensor, (normal(3), 0.5)),
    (half_rounded, (normal(5, 3),)),
    (on_a_device, (normal(3, 4),)),
    (refuses_small, (normal(3, 4),)),
    (refuses_negative, (normal(3), 0.5)),
    (caught, (normal(3, 4),)),
    (mean_over_a_mask, (normal(3, 4), INDEX)),
    (weight_normed, (normal(3, 4), normal(2, 4), normal(2, 1))),
    (residual_in_place, (normal(3, 4), normal(4, 4))),
    (labels_of_float32, (normal(3, 4), normal(3, 4))),
    (same_size, (normal(2, 3, 7), normal(4, 3, 4))),
    (log_volume, (normal(3, 3),)),
    (solved_by_the_inverse, (normal(3, 3), normal(3, 2))),
    (view_of_input, (normal(3, 4),)),
    (determinant, (normal(3, 3),)),
    (multiplied, (normal(3, 4), normal(4, 5), normal(5, 2))),
    (counted, (normal(4), normal(3, 4).abs())),
)
