"""Losses that are best differentiated as what they are made of."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from layergen.autodiff.rules.reduction import is_legacy
from layergen.autodiff.rules.rule import is_literal

__all__ = ["DEFINITIONS", "UNFOLDED"]


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.hinge_embedding_loss; a target is 1 or -1."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    apart = torch.where(target != 1, (margin - input).clamp(min=0), 0)
    return reduced(apart + torch.where(target != -1, input, 0), reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.margin_ranking_loss."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    losses = beyond(-target * (input1 - input2), margin).clamp(min=0)
    return reduced(losses, reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.cosine_embedding_loss; 1e-12 is its own."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    square1 = input1.square().sum(-1) + 1e-12
    square2 = input2.square().sum(-1) + 1e-12
    cosine = (input1 * input2).sum(-1) / (square1 * square2).sqrt()
    alike = torch.where(target == 1, 1 - cosine, 0)
    apart = torch.where(target == -1, beyond(cosine, -margin).clamp(min=0), 0)
    return reduced(alike + apart, reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.triplet_margin_loss."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    near = F.pairwise_distance(anchor, positive, p, eps)
    far = F.pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = torch.minimum(far, F.pairwise_distance(positive, negative, p, eps))
    return reduced((margin + near - far).clamp(min=0), reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.triplet_margin_with_distance_loss."""
    distance = distance_function or F.pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = torch.minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp(min=0), reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.gaussian_nll_loss, which raises for negative variances.

    Its gradient takes no notice of the limit from below.
    """
    if not isinstance(var, Tensor):
        return NotImplemented
    if var.dim() < input.dim():
        var = var.unsqueeze(-1)
    var = var + (var.clamp(min=eps) - var).detach()
    losses = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.multi_margin_loss."""
    if is_legacy(size_average, reduce):
        return NotImplemented
    index = target.unsqueeze(-1) if target.dim() < input.dim() else target
    losses = F.relu(margin - input.gather(-1, index) + input)
    losses = losses if p == 1 else losses.square()
    losses = losses if weight is None else weight[index] * losses
    return reduced(losses.scatter(-1, index, 0).mean(-1), reduction)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Any:
    """Source: torch.nn.functional.multilabel_margin_loss; the first -1 ends the labels."""
    if is_legacy(size_average, reduce) or input.dim() == 0:
        return NotImplemented
    is_label = (target < 0).cumsum(-1) == 0
    index = torch.where(is_label, target, 0)
    labels = torch.zeros_like(target).scatter_add(-1, index, is_label.long())
    losses = F.relu(1 - input.gather(-1, index).unsqueeze(-1) + input.unsqueeze(-2))
    counts = is_label.unsqueeze(-1) & (labels == 0).unsqueeze(-2)
    return reduced((losses * counts).mean(-1).sum(-1), reduction)


def beyond(losses: Tensor, margin: float) -> Tensor:
    """Add a margin, unless there is none."""
    return losses if is_literal(margin, 0) else losses + margin


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """Make one number of the losses, or leave them."""
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


DEFINITIONS: Mapping[str, Callable[..., Any]] = {
    "cosine_embedding_loss": cosine_embedding_loss,
    "hinge_embedding_loss": hinge_embedding_loss,
    "margin_ranking_loss": margin_ranking_loss,
    "multi_margin_loss": multi_margin_loss,
    "multilabel_margin_loss": multilabel_margin_loss,
    "triplet_margin_loss": triplet_margin_loss,
}
# Torch looks at values first, or is given a function whose steps are seen only as it runs.
UNFOLDED: Mapping[str, Callable[..., Any]] = {
    "gaussian_nll_loss": gaussian_nll_loss,
    "triplet_margin_with_distance_loss": triplet_margin_with_distance_loss,
}
