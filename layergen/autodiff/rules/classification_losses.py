"""Losses of one class out of many."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.rules.reduced import count
from layergen.autodiff.rules.reduction import is_legacy, of_each
from layergen.autodiff.rules.rule import Rule, is_literal
from layergen.autodiff.rules.standardize import per_channel

__all__ = ["RULES"]


def nll_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: derivatives.yaml, nll_loss_forward; torch has no gradient for weight."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    dim = class_dim(input)
    is_valid, index, total = samples(target, weight, ignore_index)
    scale = of_each(-grad, total, reduction)
    if weight is not None:
        scale = scale * weight[index]
    picked = torch.where(is_valid, scale, 0).unsqueeze(dim)
    return (torch.zeros_like(input).scatter(dim, index.unsqueeze(dim), picked),)


def cross_entropy(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """Source: the chain rule, on nll_loss of log_softmax: softmax minus the wanted distribution."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    if target.is_floating_point():
        return to_distribution(grad, input, target, weight, reduction, label_smoothing)
    dim = class_dim(input)
    is_valid, index, total = samples(target, weight, ignore_index)
    onehot = torch.zeros_like(input).scatter(dim, index.unsqueeze(dim), 1)
    wanted = smoothed(onehot, label_smoothing, dim)
    if weight is None:
        excess = input.softmax(dim) - wanted
    else:
        excess = weighted_excess(input, wanted * per_channel(weight, input), dim)
    scale = torch.where(is_valid, of_each(grad, total, reduction), 0)
    return (scale.unsqueeze(dim) * excess,)


def samples(
    target: Tensor, weight: Tensor | None, ignore_index: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Tell which samples count, the class of each, and what a mean divides by."""
    is_valid = target != ignore_index
    index = torch.where(is_valid, target, 0)
    if weight is None:
        return is_valid, index, is_valid.sum()
    return is_valid, index, torch.where(is_valid, weight[index], 0).sum()


def to_distribution(
    grad: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    label_smoothing: float,
) -> Any:
    """Differentiate the cross entropy to a probability for each class."""
    dim = class_dim(input)
    rows = tuple(each for each in range(input.dim()) if each != dim)
    grad = grad.unsqueeze(dim) if reduction == "none" else grad
    grad = of_each(grad, count(input, rows) if rows else 1, reduction)
    smooth = smoothed(target, label_smoothing, dim)
    weights = None if weight is None else per_channel(weight, input)
    wanted = smooth if weights is None else smooth * weights
    gain = -grad * input.log_softmax(dim)
    target_grad = gain if weights is None else gain * weights
    if not is_literal(label_smoothing, 0):
        target_grad = (1 - label_smoothing) * target_grad
    weight_grad = None
    if weight is not None:
        weight_grad = (gain * smooth).sum(rows) if rows else gain * smooth
    return grad * weighted_excess(input, wanted, dim), target_grad, weight_grad


def smoothed(wanted: Tensor, label_smoothing: float, dim: int) -> Tensor:
    """Mix a distribution with the uniform one.

    Source: Szegedy et al., Rethinking the Inception Architecture, 2015, section 7.
    """
    if is_literal(label_smoothing, 0):
        return wanted
    return (1 - label_smoothing) * wanted + label_smoothing / wanted.shape[dim]


def weighted_excess(input: Tensor, wanted: Tensor, dim: int) -> Tensor:
    """Tell how much more of each class there is than wanted, where that doesn't add up to 1."""
    return input.softmax(dim) * wanted.sum(dim, keepdim=True) - wanted


def class_dim(input: Tensor) -> int:
    """Name the dimension of the classes; a single sample has no other before it."""
    return 1 if input.dim() > 1 else 0


RULES: Mapping[str, Rule] = {"nll_loss": nll_loss, "cross_entropy": cross_entropy}
