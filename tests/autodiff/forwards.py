"""Twenty-eight forwards as users write them: what every deriver must do without autograd's help."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def swish(x: Tensor, beta: Tensor) -> Tensor:
    return x * torch.sigmoid(beta * x)


def mish(x: Tensor) -> Tensor:
    return x * torch.tanh(F.softplus(x))


def gelu_tanh(x: Tensor) -> Tensor:
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + torch.tanh(inner))


def glu(x: Tensor) -> Tensor:
    a, b = x.chunk(2, dim=-1)
    return a * torch.sigmoid(b)


def tempered_softmax(x: Tensor, tau: float) -> Tensor:
    return torch.softmax(x / tau, -1)


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * weight


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    centered = x - mean
    rstd = torch.rsqrt(centered.square().mean(-1, keepdim=True) + eps)
    return centered * rstd * weight + bias


def group_norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    n, c, h, w = x.shape
    g = x.reshape(n, 2, c // 2 * h * w)
    mean = g.mean(-1, keepdim=True)
    var = g.var(-1, unbiased=False, keepdim=True)
    y = ((g - mean) / torch.sqrt(var + 1e-5)).reshape(n, c, h, w)
    return y * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)


def l2_norm(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return torch.softmax(scores, dim=-1) @ v


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    s = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
    mask = torch.ones(s.shape[-2], s.shape[-1], dtype=torch.bool, device=s.device)
    return torch.softmax(s.masked_fill(~mask.tril(), float("-inf")), -1) @ v


def rope(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def swiglu(x: Tensor, w1: Tensor, w2: Tensor, w3: Tensor) -> Tensor:
    return F.linear(F.silu(F.linear(x, w1)) * F.linear(x, w2), w3)


def bilinear(a: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.einsum("bi,oij,bj->bo", a, w, b)


def conv_bn_relu(x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    y = F.conv2d(x, w, padding=1)
    mean = y.mean((0, 2, 3), keepdim=True)
    var = y.var((0, 2, 3), unbiased=False, keepdim=True)
    normed = (y - mean) * torch.rsqrt(var + 1e-5)
    return F.relu(normed * gamma.view(1, -1, 1, 1) + beta.view(1, -1, 1, 1))


def lstm_cell(
    x: Tensor, h: Tensor, c: Tensor, w: Tensor, u: Tensor
) -> tuple[Tensor, Tensor]:
    i, f, g, o = (x @ w + h @ u).chunk(4, -1)
    c2 = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c2), c2


def rows_of(w: Tensor) -> Tensor:
    return w[1:3].tanh()


def product_and_energy(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x * y, (x + y).square().sum(-1)


def lse_pool(x: Tensor) -> Tensor:
    return torch.logsumexp(x, -1)


def focal_loss(logits: Tensor, target: Tensor, gamma: float) -> Tensor:
    p = torch.sigmoid(logits)
    pt = target * p + (1 - target) * (1 - p)
    ce = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return ((1 - pt) ** gamma * ce).mean()


def smooth_l1(x: Tensor, y: Tensor, beta: float) -> Tensor:
    d = (x - y).abs()
    return torch.where(d < beta, 0.5 * d * d / beta, d - 0.5 * beta).mean()


def cosine_loss(x: Tensor, y: Tensor) -> Tensor:
    num = (x * y).sum(-1)
    den = x.norm(dim=-1) * y.norm(dim=-1)
    return (1 - num / den.clamp_min(1e-8)).mean()


def cross_entropy(logits: Tensor, onehot: Tensor) -> Tensor:
    return -(onehot * F.log_softmax(logits, -1)).sum(-1).mean()


def dice(p: Tensor, t: Tensor) -> Tensor:
    return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)


def squared_error(x: Tensor, y: Tensor) -> Tensor:
    d = x - y
    d = d.abs_()
    return (d * d).mean()


def hinge(x: Tensor, y: Tensor) -> Tensor:
    return F.relu(1 - x * y).mean()


def kl_divergence(log_p: Tensor, q: Tensor) -> Tensor:
    return (q * (q.log() - log_p)).sum(-1).mean()


def triplet(a: Tensor, p: Tensor, n: Tensor, margin: float) -> Tensor:
    near = (a - p).square().sum(-1)
    far = (a - n).square().sum(-1)
    return F.relu(near - far + margin).mean()
