"""UNet, and the modules it is made of: ConvBlock, DownBlock, UpBlock."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["ConvBlock", "DownBlock", "UpBlock", "UNet"]


class ConvBlock(nn.Module):
    """Convolve twice, keeping the size.

    Args:
        in_channels: size of x's dimension in_channels.
        out_channels: size of the output's dimension out_channels.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (batch, in_channels, height, width)
        - output: (batch, out_channels, height, width)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        factory_kwargs = {"device": device, "dtype": dtype}
        self.convs = nn.Sequential(
            nn.Conv2d(
                in_channels, out_channels, 3, padding=1, bias=False, **factory_kwargs
            ),
            nn.BatchNorm2d(out_channels, **factory_kwargs),
            nn.ReLU(),
            nn.Conv2d(
                out_channels, out_channels, 3, padding=1, bias=False, **factory_kwargs
            ),
            nn.BatchNorm2d(out_channels, **factory_kwargs),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.convs(x)

    def extra_repr(self) -> str:
        return f"in_channels={self.in_channels}, out_channels={self.out_channels}"


class DownBlock(nn.Module):
    """Halve the size, rounded up, then convolve.

    Args:
        in_channels: size of x's dimension in_channels.
        out_channels: size of the output's dimension out_channels.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (batch, in_channels, 2 * height, 2 * width)
        - output: (batch, out_channels, height, width)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        factory_kwargs = {"device": device, "dtype": dtype}
        self.convs = ConvBlock(in_channels, out_channels, **factory_kwargs)

    def forward(self, x: Tensor) -> Tensor:
        return self.convs(F.max_pool2d(x, 2, ceil_mode=True))

    def extra_repr(self) -> str:
        return f"in_channels={self.in_channels}, out_channels={self.out_channels}"


class UpBlock(nn.Module):
    """Double the size, cropped to the skip's, then convolve both together.

    Args:
        in_channels: size of x's dimension in_channels.
        out_channels: size of skip's and the output's dimension out_channels.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (batch, in_channels, height, width)
        - skip: (batch, out_channels, 2 * height, 2 * width)
        - output: (batch, out_channels, 2 * height, 2 * width)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        factory_kwargs = {"device": device, "dtype": dtype}
        self.up = nn.ConvTranspose2d(
            in_channels, out_channels, 2, stride=2, **factory_kwargs
        )
        self.convs = ConvBlock(2 * out_channels, out_channels, **factory_kwargs)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        x = self.up(x)[..., : skip.shape[-2], : skip.shape[-1]]
        return self.convs(torch.cat((skip, x), dim=1))

    def extra_repr(self) -> str:
        return f"in_channels={self.in_channels}, out_channels={self.out_channels}"


class UNet(nn.Module):
    """Segment images of any size, odd ones too (arXiv:1505.04597, with padded
    convolutions and batch norm).

    Args:
        in_channels: size of x's dimension in_channels.
        out_channels: size of the output's dimension out_channels.
        features: a whole number.
        depth: a whole number.
        device: where the parameters live.
        dtype: the parameters' dtype.

    Shape:
        - x: (batch, in_channels, height, width)
        - output: (batch, out_channels, height, width)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        features: int = 64,
        depth: int = 4,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.features = features
        self.depth = depth
        factory_kwargs = {"device": device, "dtype": dtype}
        self.stem = ConvBlock(in_channels, features, **factory_kwargs)
        self.down = nn.ModuleList(
            DownBlock(features * 2**i, features * 2 ** (i + 1), **factory_kwargs)
            for i in range(depth)
        )
        self.up = nn.ModuleList(
            UpBlock(features * 2 ** (i + 1), features * 2**i, **factory_kwargs)
            for i in reversed(range(depth))
        )
        self.head = nn.Conv2d(features, out_channels, 1, **factory_kwargs)

    def forward(self, x: Tensor) -> Tensor:
        skips = [self.stem(x)]
        for block in self.down:
            skips.append(block(skips[-1]))
        x = skips.pop()
        for block in self.up:
            x = block(x, skips.pop())
        return self.head(x)

    def extra_repr(self) -> str:
        return (
            f"in_channels={self.in_channels}, out_channels={self.out_channels}, "
            f"features={self.features}, depth={self.depth}"
        )
