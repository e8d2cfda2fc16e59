"""Losses of a prediction and a target, element by element."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.reduced import broadcasts
from layergen.autodiff.rules.reduction import is_legacy, of_each
from layergen.autodiff.rules.rule import Rule, is_literal

__all__ = ["RULES"]


def mse_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Any:
    """Source: derivatives.yaml, mse_loss; with weights, the mean is a weighted one."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    error = input - target
    if weight is None:
        slope = of_each(2 * grad, error.numel(), reduction) * error
        return of_both(slope, input, target)
    grad = of_each(grad, weight.sum(), reduction)
    slope = 2 * grad * weight * error
    weight_grad = grad * excess(error.square(), out, reduction)
    return *of_both(slope, input, target), None, None, None, weight_grad


def l1_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Any:
    """Source: derivatives.yaml, abs; torch 2.13 loses the weights before they are recorded."""
    if is_legacy(size_average, reduce) or weight is not None:
        return NotImplemented
    error = input - target
    slope = of_each(grad, error.numel(), reduction) * error.sign()
    return of_both(slope, input, target)


def excess(losses: Tensor, out: Tensor, reduction: str) -> Tensor:
    """Tell what a weight scales: a loss, over their weighted mean where that divides by it."""
    return losses - out if reduction == "mean" else losses


def smooth_l1_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Any:
    """Source: derivatives.yaml, smooth_l1_loss."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    error = input - target
    bounded = error.sign() if is_literal(beta, 0) else (error / beta).clamp(-1, 1)
    slope = of_each(grad, error.numel(), reduction) * bounded
    return of_both(slope, input, target)


def huber_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Any:
    """Source: derivatives.yaml, huber_loss."""
    error = input - target
    grad = of_each(grad, error.numel(), reduction)
    bounded = error.clamp(-delta, delta)
    if weight is None:
        return of_both(grad * bounded, input, target)
    weight_grad = grad * F.huber_loss(input, target, reduction="none", delta=delta)
    slope = grad * weight * bounded
    return *of_both(slope, input, target), None, None, weight_grad


def of_both(slope: Tensor, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Hand a slope to the input and, with its sign changed, to the target."""
    return slope.sum_to_size(input.shape), -slope.sum_to_size(target.shape)


def kl_div(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Any:
    """Source: the chain rule, on target (log(target) - input)."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    probability = target.exp() if log_target else target
    log_probability = target if log_target else target.log()
    if reduction == "batchmean":
        grad = grad / input.shape[0] if input.dim() else grad
    else:
        grad = of_each(grad, (input - target).numel(), reduction)
    if broadcasts(input, target):
        grad = grad.expand((input - target).shape)
    input_grad = -grad * probability
    target_grad = grad * (log_probability - input + 1)
    if log_target:
        target_grad = target_grad * probability
    return input_grad.sum_to_size(input.shape), target_grad.sum_to_size(target.shape)


def poisson_nll_loss(
    grad: Tensor,
    out: Tensor,
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: the chain rule, on exp(input) - target input, or on input - target log(input)."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    grad = of_each(grad, (input - target).numel(), reduction)
    if broadcasts(input, target):
        grad = grad.expand((input - target).shape)
    log_rate = input if log_input else (input + eps).log()
    slope = input.exp() - target if log_input else 1 - target / (input + eps)
    if full:  # Stirling's target log(target) - target + log(2 pi target) / 2
        log_rate = log_rate - torch.where(target > 1, target.log() + 0.5 / target, 0)
    input_grad = (grad * slope).sum_to_size(input.shape)
    return input_grad, (-grad * log_rate).sum_to_size(target.shape)


RULES: Mapping[str, Rule] = {
    "mse_loss": mse_loss,
    "l1_loss": l1_loss,
    "smooth_l1_loss": smooth_l1_loss,
    "huber_loss": huber_loss,
    "kl_div": kl_div,
    "poisson_nll_loss": poisson_nll_loss,
}
