"""LayerNorm as a layer."""

import torch
from torch import Tensor, nn

from .op import layer_norm

__all__ = ["LayerNorm"]


class LayerNorm(nn.Module):
    """Normalise the last dimension to mean 0 and (biased) variance 1, then scale and
    shift it.

    Args:
        features: size of x's and the output's dimension features.
        eps: a number.
        bias: whether there is a bias; without it, that is None.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (*, features)
        - output: (*, features)
    """

    def __init__(
        self,
        features: int,
        eps: float = 1e-5,
        bias: bool = True,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.features = features
        self.eps = eps
        self.weight = nn.Parameter(torch.empty(features, device=device, dtype=dtype))
        if bias:
            self.bias = nn.Parameter(torch.empty(features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Give every parameter and buffer of this module its first value again."""
        nn.init.ones_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        return layer_norm(x, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"features={self.features}, eps={self.eps}, "
            f"bias={self.bias is not None}"
        )
