"""Activations."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from tests.autodiff.published.case import function, module, probabilities


def gelu_by_tanh(x):
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))
    return 0.5 * x * (1 + torch.tanh(inner))


def in_place_steps(x):
    y = x * 2
    y *= y > 0
    y += 1
    y -= x
    return y.clamp_(max=3)


def softmax_by_axis(x):
    e = (x - x.amax(axis=-1, keepdims=True)).exp()
    return e / e.sum(axis=-1, keepdims=True)


def sparsemax(x):
    """Martins and Astudillo, 2016."""
    z = x - torch.max(x, dim=-1, keepdim=True)[0]
    ordered, _ = torch.sort(z, dim=-1, descending=True)
    places = torch.arange(1, x.size(-1) + 1, dtype=x.dtype, device=x.device)
    sums = torch.cumsum(ordered, dim=-1)
    is_kept = (1 + places * ordered > sums).to(x.dtype)
    count = torch.max(is_kept * places, dim=-1, keepdim=True)[0]
    threshold = (torch.sum(is_kept * ordered, dim=-1, keepdim=True) - 1) / count
    return torch.max(torch.zeros_like(x), z - threshold)


def straight_through_gumbel(logits, noise):
    soft = torch.softmax(logits - torch.log(-torch.log(noise)), dim=-1)
    index = soft.argmax(dim=-1, keepdim=True)
    hard = torch.zeros_like(soft).scatter_(-1, index, 1.0)
    return hard - soft.detach() + soft


def top_two(x):
    values, places = torch.topk(x, 2, dim=-1)
    return torch.zeros_like(x).scatter(-1, places, torch.softmax(values, dim=-1))


def gated_gelu(x):
    x, gate = x.chunk(2, dim=-1)
    return x * F.gelu(gate)


class AconC(nn.Module):
    """Ma et al., Activate or Not, 2021."""

    def __init__(self, channels):
        super().__init__()
        self.p1 = nn.Parameter(torch.randn(1, channels, 1, 1))
        self.p2 = nn.Parameter(torch.randn(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.ones(1, channels, 1, 1))

    def forward(self, x):
        difference = self.p1 * x - self.p2 * x
        return difference * torch.sigmoid(self.beta * difference) + self.p2 * x


CASES = (
    function(gelu_by_tanh, "batch features"),
    function(in_place_steps, "batch features"),
    function(softmax_by_axis, "batch features"),
    function(sparsemax, "batch features"),
    function(
        straight_through_gumbel, "batch features", probabilities("batch features")
    ),
    function(top_two, "batch features"),
    function(gated_gelu, "batch 2*half"),
    module("acon_c", lambda: AconC(4), "batch 4 height width"),
)
