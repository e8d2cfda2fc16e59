from .layer import ConvBlock, DownBlock, UNet, UpBlock

__all__ = ["ConvBlock", "DownBlock", "UNet", "UpBlock"]
