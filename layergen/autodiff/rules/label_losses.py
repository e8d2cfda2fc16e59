"""Losses of one label a number: is it this, or isn't it?"""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.reduction import is_legacy, of_each
from layergen.autodiff.rules.rule import Rule

__all__ = ["RULES"]

# torch's own bound on the variance x (1 - x) that the gradient is divided by
LEAST_VARIANCE = 1e-12  # aten/src/ATen/native/Loss.cpp, EPSILON


def binary_cross_entropy(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: derivatives.yaml, binary_cross_entropy; torch has no gradient for weight."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    grad = of_each(grad, input.numel(), reduction)
    grad = grad if weight is None else grad * weight
    variance = (input * (1 - input)).clamp(min=LEAST_VARIANCE)
    return grad * (input - target) / variance, -grad * input.logit()


def binary_cross_entropy_with_logits(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Any:
    """Source: derivatives.yaml, binary_cross_entropy_with_logits; none for the weights."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    grad = of_each(grad, input.numel(), reduction)
    grad = grad if weight is None else grad * weight
    if pos_weight is None:
        return grad * (input.sigmoid() - target), -grad * input
    weights = 1 + (pos_weight - 1) * target
    input_grad = grad * (1 - target - weights * torch.sigmoid(-input))
    return input_grad, -grad * ((pos_weight - 1) * F.logsigmoid(input) + input)


def soft_margin_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: derivatives.yaml, soft_margin_loss; torch has no gradient for target."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    slope = -target * torch.sigmoid(-target * input)
    return (of_each(grad, input.numel(), reduction) * slope,)


def multilabel_soft_margin_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: the chain rule, on the mean over classes of binary cross entropies."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    grad = grad.unsqueeze(-1) if reduction == "none" else grad
    grad = grad / (input.numel() if reduction == "mean" else input.shape[-1])
    weighted = grad if weight is None else grad * weight
    weight_grad = None
    if weight is not None:
        losses = F.binary_cross_entropy_with_logits(input, target, reduction="none")
        weight_grad = (grad * losses).sum_to_size(weight.shape)
    return weighted * (input.sigmoid() - target), -weighted * input, weight_grad


RULES: Mapping[str, Rule] = {
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "soft_margin_loss": soft_margin_loss,
    "multilabel_soft_margin_loss": multilabel_soft_margin_loss,
}
