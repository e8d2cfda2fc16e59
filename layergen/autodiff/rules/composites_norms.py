"""Norms that hand out their statistics, which have no gradient of their own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["UNFOLDED"]


def native_layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> Any:
    """Source: aten/src/ATen/native/layer_norm.cpp."""
    output = F.layer_norm(input, normalized_shape, weight, bias, eps)
    dims = tuple(range(-len(normalized_shape), 0))
    return output, *statistics(input, dims, True, eps)


def native_batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Any:
    """Source: aten/src/ATen/native/Normalization.cpp; in evaluation nothing is measured."""
    output = F.batch_norm(
        input, running_mean, running_var, weight, bias, training, momentum, eps
    )
    if not training:
        return output, input.new_empty(0), input.new_empty(0)
    dims = (0, *range(2, input.dim()))
    return output, *statistics(input, dims, False, eps)


def native_batch_norm_legit(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, *others: Any
) -> Any:
    """Source: aten/src/ATen/native/Normalization.cpp; the statistics may be left out."""
    statistics = () if len(others) == 5 else (None, None)
    return native_batch_norm(input, weight, bias, *statistics, *others)


def batch_norm_with_update(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor,
    running_var: Tensor,
    momentum: float,
    eps: float,
) -> Any:
    """Source: aten/src/ATen/native/Normalization.cpp; the last result is for cuDNN alone."""
    found = native_batch_norm(
        input, weight, bias, running_mean, running_var, True, momentum, eps
    )
    return *found, torch.empty(0, dtype=torch.uint8, device=input.device)


def statistics(input: Tensor, dims: Any, keepdim: bool, eps: float) -> Any:
    """Measure the mean, and one over the standard deviation."""
    with torch.no_grad():
        variance, mean = torch.var_mean(input, dims, correction=0, keepdim=keepdim)
        return mean, (variance + eps).rsqrt()


UNFOLDED: Mapping[str, Callable[..., Any]] = {
    "_batch_norm_with_update": batch_norm_with_update,
    "_native_batch_norm_legit": native_batch_norm_legit,
    "native_batch_norm": native_batch_norm,
    "native_layer_norm": native_layer_norm,
}
