"""Recurrent cells, and short scans."""

import torch
import torch.nn.functional as F
from torch import nn

from layergen.autodiff.refusal import Reason
from tests.autodiff.published.case import function, module, probabilities


class LSTMCell(nn.Module):
    def __init__(self, features, hidden):
        super().__init__()
        self.cell = nn.LSTMCell(features, hidden)

    def forward(self, x, h, c):
        return self.cell(x, (h, c))


class Unrolled(nn.Module):
    def __init__(self, features, hidden):
        super().__init__()
        self.cell = nn.GRUCell(features, hidden)

    def forward(self, x, h):
        states = []
        for step in range(3):
            h = self.cell(x[:, step], h)
            states.append(h)
        return torch.stack(states, dim=1)


def minimal_gru(x, h0, wz, wh):
    """Feng et al., Were RNNs All We Needed?, 2024."""
    z = torch.sigmoid(x @ wz)
    kept = F.pad(torch.cumsum(torch.log(1 - z), dim=1), (0, 0, 1, 0))
    new = torch.log(z) + F.logsigmoid(x @ wh)
    values = torch.cat([h0.log().unsqueeze(1), new], dim=1)
    return torch.exp(kept + (values - kept).logcumsumexp(dim=1))[:, 1:]


def selective_scan(u, delta, a, b, c, d):
    """Gu and Dao, Mamba, 2023, over three steps."""
    decay = torch.exp(torch.einsum("bld,dn->bldn", delta, a))
    added = torch.einsum("bld,bln,bld->bldn", delta, b, u)
    x, ys = torch.zeros_like(added[:, 0]), []
    for step in range(3):
        x = decay[:, step] * x + added[:, step]
        ys.append(torch.einsum("bdn,bn->bd", x, c[:, step]))
    return torch.stack(ys, dim=1) + u * d


def token_shift(x, mu):
    """Peng et al., RWKV, 2023."""
    return x * mu + F.pad(x, (0, 0, 1, -1)) * (1 - mu)


def moving_average(x, alpha):
    h = x[:, 0]
    ys = [h]
    for step in range(1, x.shape[1]):
        h = alpha * x[:, step] + (1 - alpha) * h
        ys.append(h)
    return torch.stack(ys, 1)


CASES = (
    module("lstm_cell", lambda: LSTMCell(4, 3), "batch 4", "batch 3", "batch 3"),
    module("gru_cell", lambda: nn.GRUCell(4, 3), "batch 4", "batch 3"),
    module("rnn_cell", lambda: nn.RNNCell(4, 3), "batch 4", "batch 3"),
    module("unrolled_gru", lambda: Unrolled(4, 3), "batch 3 4", "batch 3"),
    function(
        minimal_gru, "b time d", probabilities("b hidden"), "d hidden", "d hidden"
    ),
    function(
        selective_scan, "b 3 d", probabilities("b 3 d"), "d n", "b 3 n", "b 3 n", "d"
    ),
    function(token_shift, "batch time features", "features"),
    function(
        moving_average,
        "batch time features",
        probabilities("features"),
        refused=Reason.SIZE_SPECIALISED,
    ),
)
