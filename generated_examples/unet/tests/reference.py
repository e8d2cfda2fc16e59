"""The forward as it was asked for: the tests compare with this text, not with layer.py."""

import torch
import torch.nn.functional as F


class ConvBlock:
    def forward(self, x):
        """Convolve twice, keeping the size."""
        return self.convs(x)


class DownBlock:
    def forward(self, x):
        """Halve the size, rounded up, then convolve."""
        return self.convs(F.max_pool2d(x, 2, ceil_mode=True))


class UpBlock:
    def forward(self, x, skip):
        """Double the size, cropped to the skip's, then convolve both together."""
        x = self.up(x)[..., : skip.shape[-2], : skip.shape[-1]]
        return self.convs(torch.cat((skip, x), dim=1))


class UNet:
    def forward(self, x):
        skips = [self.stem(x)]
        for block in self.down:
            skips.append(block(skips[-1]))
        x = skips.pop()
        for block in self.up:
            x = block(x, skips.pop())
        return self.head(x)
