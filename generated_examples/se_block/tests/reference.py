"""The forward as it was asked for: the tests compare with this text, not with layer.py."""

import torch
import torch.nn.functional as F


class SEBlock:
    def forward(self, x):
        gate = self.expand(F.relu(self.reduce(x.flatten(2).mean(-1))))
        return x * torch.sigmoid(gate).unflatten(1, (-1,) + (1,) * (x.dim() - 2))
