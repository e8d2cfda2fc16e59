"""Normalisations."""

import torch
import torch.nn.functional as F
from torch import nn

from tests.autodiff.published.case import function, module


class RootMeanSquare(nn.Module):
    """Zhang and Sennrich, 2019, as Llama has it."""

    def __init__(self, features, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x):
        scale = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)
        return x * scale * self.weight


class Annotated(nn.Module):
    """The layer norm of The Annotated Transformer: epsilon is added to the deviation."""

    def __init__(self, features, eps=1e-6):
        super().__init__()
        self.a = nn.Parameter(torch.ones(features))
        self.b = nn.Parameter(torch.zeros(features))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        std = x.std(-1, keepdim=True)
        return self.a * (x - mean) / (std + self.eps) + self.b


class GlobalResponse(nn.Module):
    """Woo et al., ConvNeXt V2, 2023."""

    def __init__(self, features):
        super().__init__()
        self.gamma = nn.Parameter(torch.randn(1, 1, 1, features))
        self.beta = nn.Parameter(torch.randn(1, 1, 1, features))

    def forward(self, x):
        norm = torch.norm(x, p=2, dim=(1, 2), keepdim=True)
        share = norm / (norm.mean(dim=-1, keepdim=True) + 1e-6)
        return self.gamma * (x * share) + self.beta + x


class StandardizedConv(nn.Conv2d):
    """Qiao et al., 2019."""

    def forward(self, x):
        weight = self.weight - self.weight.mean(dim=(1, 2, 3), keepdim=True)
        std = weight.view(weight.size(0), -1).std(dim=1).view(-1, 1, 1, 1) + 1e-5
        return F.conv2d(x, weight / std.expand_as(weight), self.bias, padding=1)


def adaptive_instance(content, style):
    """Huang and Belongie, 2017."""

    def statistics(features, eps=1e-5):
        batch, channels = features.size()[:2]
        flat = features.view(batch, channels, -1)
        std = (flat.var(dim=2) + eps).sqrt()
        return flat.mean(dim=2)[..., None, None], std[..., None, None]

    size = content.size()
    style_mean, style_std = statistics(style)
    mean, std = statistics(content)
    plain = (content - mean.expand(size)) / std.expand(size)
    return plain * style_std.expand(size) + style_mean.expand(size)


def modulated(x, scale, shift):
    """Peebles and Xie, 2023."""
    norm = F.layer_norm(x, (x.shape[-1],))
    return norm * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


CASES = (
    module("root_mean_square", lambda: RootMeanSquare(4), "batch time 4"),
    module("annotated_layer_norm", lambda: Annotated(4), "batch time 4"),
    module("global_response", lambda: GlobalResponse(4), "batch height width 4"),
    module("standardized_conv", lambda: StandardizedConv(4, 3, 3), "batch 4 5 5"),
    function(adaptive_instance, "b channels height width", "b channels other another"),
    function(modulated, "batch time features", "batch features", "batch features"),
    module("batch_norm_in_evaluation", lambda: nn.BatchNorm2d(4).eval(), "b 4 h w"),
)
