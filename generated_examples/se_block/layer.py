"""Scale each channel by a gate computed from all of them (squeeze and excitation,
arXiv:1709.01507)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["SEBlock"]


class SEBlock(nn.Module):
    """Scale each channel by a gate computed from all of them (squeeze and excitation,
    arXiv:1709.01507).

    Args:
        channels: size of x's and the output's dimension channels.
        reduction: a whole number.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (batch, channels, *)
        - output: (batch, channels, *)
    """

    def __init__(
        self,
        channels: int,
        reduction: int = 16,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.channels = channels
        self.reduction = reduction
        factory_kwargs = {"device": device, "dtype": dtype}
        self.reduce = nn.Linear(
            channels, max(1, channels // reduction), **factory_kwargs
        )
        self.expand = nn.Linear(
            max(1, channels // reduction), channels, **factory_kwargs
        )

    def forward(self, x: Tensor) -> Tensor:
        gate = self.expand(F.relu(self.reduce(x.flatten(2).mean(-1))))
        return x * torch.sigmoid(gate).unflatten(1, (-1,) + (1,) * (x.dim() - 2))

    def extra_repr(self) -> str:
        return f"channels={self.channels}, reduction={self.reduction}"
