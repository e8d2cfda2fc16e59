"""Attention."""

import torch
import torch.nn.functional as F
from torch import nn

from layergen.autodiff.refusal import Reason
from tests.autodiff.published.case import function, module


class VisionAttention(nn.Module):
    """Dosovitskiy et al., 2021, as timm has it."""

    def __init__(self, features, heads=2):
        super().__init__()
        self.heads = heads
        self.scale = (features // heads) ** -0.5
        self.qkv = nn.Linear(features, features * 3)
        self.proj = nn.Linear(features, features)

    def forward(self, x):
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        weights = ((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, c))


class TorchAttention(nn.Module):
    def __init__(self, features, **options):
        super().__init__()
        self.attention = nn.MultiheadAttention(features, 2, batch_first=True, **options)

    def forward(self, x, context):
        return self.attention(x, context, context)[0]


class SelfAttention(TorchAttention):
    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


def linear_attention(q, k, v):
    """Katharopoulos et al., 2020."""
    q, k = F.elu(q) + 1, F.elu(k) + 1
    kv = torch.einsum("bnhd,bnhm->bhmd", k, v)
    z = 1 / (torch.einsum("bnhd,bhd->bnh", q, k.sum(dim=1)) + 1e-6)
    return torch.einsum("bnhd,bhmd,bnh->bnhm", q, kv, z)


def rotary(x, theta=10000.0):
    """Su et al., 2021."""
    _, length, features = x.shape
    rates = theta ** (-torch.arange(0, features, 2, dtype=x.dtype) / features)
    angles = torch.arange(length, dtype=x.dtype)[:, None] * rates
    cos, sin = angles.cos(), angles.sin()
    even, odd = x[..., 0::2], x[..., 1::2]
    turned = [even * cos - odd * sin, even * sin + odd * cos]
    return torch.stack(turned, dim=-1).flatten(-2)


def linear_biases(q, k, v):
    """Press et al., ALiBi, 2022."""
    places = torch.arange(q.shape[-2], device=q.device, dtype=q.dtype)
    distance = (places[None, :] - places[:, None]).abs()
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 - 0.5 * distance
    return scores.softmax(dim=-1) @ v


def window_partition(x, window=2):
    """Liu et al., Swin, 2021."""
    b, h, w, c = x.shape
    x = x.view(b, h // window, window, w // window, window, c)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, window, window, c)


class SqueezeAndExcitation(nn.Module):
    """Hu et al., 2018."""

    def __init__(self, channels, reduction=2):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(
            nn.Linear(channels, channels // reduction, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(channels // reduction, channels, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, x):
        b, c, _, _ = x.size()
        y = self.fc(self.pool(x).view(b, c)).view(b, c, 1, 1)
        return x * y.expand_as(x)


class ConvolutionalBlockAttention(nn.Module):
    """Woo et al., CBAM, 2018."""

    def __init__(self, channels):
        super().__init__()
        self.mlp = nn.Conv2d(channels, channels, 1, bias=False)
        self.conv = nn.Conv2d(2, 1, 3, padding=1, bias=False)

    def forward(self, x):
        mean, peak = F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1)
        x = torch.sigmoid(self.mlp(mean) + self.mlp(peak)) * x
        mean, (peak, _) = x.mean(dim=1, keepdim=True), x.max(dim=1, keepdim=True)
        return x * self.conv(torch.cat([mean, peak], dim=1)).sigmoid()


def hard_attention(q, k, v):
    best = (q @ k.mT).argmax(-1)
    if best.sum() > 0:
        return v
    return v * 2


CASES = (
    module("vision_attention", lambda: VisionAttention(4), "batch time 4"),
    module("torch_attention", lambda: TorchAttention(4), "b time 4", "b other 4"),
    module("dropped", lambda: SelfAttention(4, dropout=0.2), "batch time 4"),
    module("self_attention", lambda: SelfAttention(4), "batch time 4"),
    function(linear_attention, *["b time heads d"] * 3),
    function(rotary, "batch time 2*half"),
    function(linear_biases, *["batch heads time d"] * 3),
    function(window_partition, "batch 2*h 2*w channels"),
    module("squeeze", lambda: SqueezeAndExcitation(4), "batch 4 height width"),
    module("cbam", lambda: ConvolutionalBlockAttention(4), "batch 4 height width"),
    function(hard_attention, *["b time d"] * 3, refused=Reason.DATA_DEPENDENT_BRANCH),
)
