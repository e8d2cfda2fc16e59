"""Blocks of networks: residual, dense, multi-scale, graph and mixture layers."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from tests.autodiff.published.case import bits, classes, function, module


class Residual(nn.Module):
    """He et al., 2016."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.conv2(out)
        out += x
        return self.relu(out)


class ConvNeXt(nn.Module):
    """Liu et al., 2022."""

    def __init__(self, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.widen = nn.Linear(channels, 2 * channels)
        self.narrow = nn.Linear(2 * channels, channels)
        self.gamma = nn.Parameter(0.1 * torch.ones(channels))

    def forward(self, x):
        y = self.depthwise(x).permute(0, 2, 3, 1)
        y = self.gamma * self.narrow(F.gelu(self.widen(self.norm(y))))
        return x + y.permute(0, 3, 1, 2)


class Shuffled(nn.Module):
    """Ma et al., ShuffleNet V2, 2018."""

    def __init__(self, channels):
        super().__init__()
        self.branch = nn.Conv2d(channels // 2, channels // 2, 1)

    def forward(self, x):
        kept, changed = x.chunk(2, dim=1)
        out = torch.cat((kept, self.branch(changed)), dim=1)
        b, c, h, w = out.size()
        out = out.view(b, 2, c // 2, h, w).transpose(1, 2).contiguous()
        return out.view(b, c, h, w)


class Mixer(nn.Module):
    """Tolstikhin et al., 2021."""

    def __init__(self, length, features):
        super().__init__()
        self.norm1 = nn.LayerNorm(features)
        self.tokens = nn.Sequential(
            nn.Linear(length, 6), nn.GELU(), nn.Linear(6, length)
        )
        self.norm2 = nn.LayerNorm(features)
        self.channels = nn.Linear(features, features)

    def forward(self, x):
        x = x + self.tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channels(self.norm2(x))


class Experts(nn.Module):
    def __init__(self, features, count=3):
        super().__init__()
        self.gate = nn.Linear(features, count)
        self.experts = nn.ModuleList(
            nn.Linear(features, features) for _ in range(count)
        )

    def forward(self, x):
        weights = F.softmax(self.gate(x), dim=-1)
        outputs = torch.stack([expert(x) for expert in self.experts], dim=1)
        return torch.einsum("be,bed->bd", weights, outputs)


class StochasticDepth(nn.Module):
    """Huang et al., 2016, as timm has it."""

    def __init__(self, features, drop=0.4):
        super().__init__()
        self.drop = drop
        self.linear = nn.Linear(features, features)

    def forward(self, x):
        if not self.drop or not self.training:
            return x + self.linear(x)
        keep = 1 - self.drop
        mask = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(keep)
        mask.div_(keep)
        return x + self.linear(x) * mask


class PooledFeatures(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.linear = nn.Linear(features, 8)
        self.pool = nn.MaxPool1d(2)

    def forward(self, x):
        return self.pool(self.linear(x).unsqueeze(1)).squeeze(1).sum(dim=1)


class LowRank(nn.Module):
    """Hu et al., LoRA, 2022."""

    def __init__(self, features, rank=2):
        super().__init__()
        self.linear = nn.Linear(features, features).requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, features))
        self.up = nn.Parameter(torch.randn(features, rank))
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        change = self.dropout(x) @ self.down.transpose(0, 1) @ self.up.transpose(0, 1)
        return self.linear(x) + change * 0.5


def graph_convolution(x, adjacency, weight):
    """Kipf and Welling, 2017."""
    adjacency = adjacency + torch.eye(adjacency.size(0), dtype=x.dtype)
    scale = adjacency.sum(1).pow(-0.5)
    return F.relu(scale[:, None] * adjacency * scale @ x @ weight)


def mean_of_neighbours(x, source, target):
    sums = torch.zeros_like(x).index_add(0, target, x[source])
    ones = torch.ones_like(target, dtype=x.dtype)
    degree = x.new_zeros(x.size(0)).index_add_(0, target, ones)
    return sums / degree.clamp(min=1).unsqueeze(-1)


def temporal_shift(x, part=4):
    """Lin et al., TSM, 2019."""
    fold = x.size(2) // part
    out = torch.zeros_like(x)
    out[:, :-1, :fold] = x[:, 1:, :fold]
    out[:, 1:, fold : 2 * fold] = x[:, :-1, fold : 2 * fold]
    out[:, :, 2 * fold :] = x[:, :, 2 * fold :]
    return out


def scaled_cosines(x):
    """A cosine transform of type II, as its orthonormal form is published."""
    size = x.shape[-1]
    steps = torch.arange(size, dtype=x.dtype, device=x.device)
    waves = torch.cos(math.pi * (steps[:, None] + 0.5) * steps / size)
    out = x @ waves
    out[:, 0] /= math.sqrt(size) * 2
    out[:, 1:] /= math.sqrt(size / 2) * 2
    return 2 * out


def masked_tokens(x, chosen, token):
    """He et al., masked autoencoders, 2022: a learned token where one is left out."""
    x = x * 2
    x[chosen > 0] = token
    return x.sin()


def decorrelated(a, b):
    """Zbontar et al., Barlow twins, 2021."""
    a = (a - a.mean(0)) / a.std(0)
    b = (b - b.mean(0)) / b.std(0)
    c = (a.T @ b).div_(a.shape[0])
    on = torch.diagonal(c).add_(-1).pow_(2).sum()
    return on + 0.005 * c.triu(1).pow(2).sum()


def haar(x):
    """One level of a wavelet transform."""
    a, b = x[:, :, 0::2, 0::2] / 2, x[:, :, 1::2, 0::2] / 2
    c, d = x[:, :, 0::2, 1::2] / 2, x[:, :, 1::2, 1::2] / 2
    return torch.cat((a + b + c + d, c + d - a - b, b + d - a - c, a + d - b - c), 1)


def squash(x, dim=-1):
    """Sabour et al., 2017."""
    square = (x**2).sum(dim=dim, keepdim=True)
    return (square / (1 + square)) * (x / (torch.sqrt(square) + 1e-8))


def quantised(x, codebook):
    """van den Oord et al., VQ-VAE, 2017."""
    flat = x.reshape(-1, x.shape[-1])
    distance = flat.pow(2).sum(1, keepdim=True) + codebook.pow(2).sum(1)
    nearest = torch.argmin(distance - 2 * flat @ codebook.t(), dim=1)
    chosen = F.embedding(nearest, codebook).view_as(x)
    loss = F.mse_loss(chosen.detach(), x) * 0.25 + F.mse_loss(chosen, x.detach())
    return x + (chosen - x).detach(), loss


CASES = (
    module("residual", lambda: Residual(4).eval(), "batch 4 height width"),
    module("convnext", lambda: ConvNeXt(4), "batch 4 height width"),
    module("shuffled", lambda: Shuffled(4), "batch 4 height width"),
    module("mixer", lambda: Mixer(5, 4), "batch 5 4"),
    module("experts", lambda: Experts(4), "batch 4"),
    module("bilinear", lambda: nn.Bilinear(4, 3, 2), "batch 4", "batch 3"),
    module("stochastic_depth", lambda: StochasticDepth(4), "batch time 4"),
    module("pooled_features", lambda: PooledFeatures(4), "batch 4"),
    function(temporal_shift, "batch time 4*channels"),
    function(scaled_cosines, "batch size"),
    function(masked_tokens, "batch time d", classes("batch time", 2), "d"),
    function(decorrelated, "batch d", "batch d"),
    module("low_rank", lambda: LowRank(4), "batch time 4"),
    function(graph_convolution, "nodes d", bits("nodes nodes"), "d out"),
    function(mean_of_neighbours, "nodes d", classes("edges", 4), classes("edges", 4)),
    function(haar, "batch channels 2*h 2*w"),
    function(squash, "batch capsules features"),
    function(quantised, "batch time features", "codes features"),
)
