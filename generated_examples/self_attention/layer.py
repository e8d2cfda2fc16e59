"""SelfAttention as a layer."""

import torch
from torch import Tensor, nn

from .op import self_attention

__all__ = ["SelfAttention"]


class SelfAttention(nn.Module):
    """Attend by scaled dot products; a query that may look nowhere gets 0, as from
    torch's own.

    Args:
        embed_dim: size of x's and the output's dimension embed_dim.
        num_heads: a whole number.
        causal: True or False.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (batch, sequence, embed_dim)
        - mask: (sequence, sequence)
        - output: (batch, sequence, embed_dim)
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int = 1,
        causal: bool = False,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.causal = causal
        factory_kwargs = {"device": device, "dtype": dtype}
        self.project_in = nn.Linear(embed_dim, 3 * embed_dim, **factory_kwargs)
        self.project_out = nn.Linear(embed_dim, embed_dim, **factory_kwargs)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        q, k, v = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for part in self.project_in(x).chunk(3, -1)
        )
        heads = self_attention(q, k, v, mask, self.causal)
        return self.project_out(heads.transpose(1, 2).flatten(2))

    def extra_repr(self) -> str:
        return (
            f"embed_dim={self.embed_dim}, num_heads={self.num_heads}, "
            f"causal={self.causal}"
        )
