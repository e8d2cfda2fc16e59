from torch import nn


class Wave(nn.Module):
    def forward(self, x):
        return x.sin()
