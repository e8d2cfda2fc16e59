"""Linear as a layer."""

import math

import torch
from torch import Tensor, nn

from .op import linear

__all__ = ["Linear"]


class Linear(nn.Module):
    """Map the last dimension linearly, with an optional bias.

    Args:
        in_features: size of x's dimension in_features.
        out_features: size of the output's dimension out_features.
        bias: whether there is a bias; without it, that is None.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (*, in_features)
        - output: (*, out_features)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(
            torch.empty(out_features, in_features, device=device, dtype=dtype)
        )
        if bias:
            self.bias = nn.Parameter(
                torch.empty(out_features, device=device, dtype=dtype)
            )
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Give every parameter and buffer of this module its first value again."""
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(
                self.bias,
                -1 / math.sqrt(self.in_features),
                1 / math.sqrt(self.in_features),
            )

    def forward(self, x: Tensor) -> Tensor:
        return linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )
