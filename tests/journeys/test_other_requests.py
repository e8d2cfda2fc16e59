"""Other ways to ask, and what comes out passes its own tests."""

import pytest

QUICK = ("-k", "not inductor")

FORWARDS = '''
import math

import torch
import torch.nn.functional as F

EPS = 1e-6


def rms(x):
    """Root of the mean square."""
    return torch.sqrt(x.square().mean(-1, keepdim=True) + EPS)


def rms_norm(x: torch.Tensor, weight, *, scale: float = 1.0):
    """Divide by the root mean square."""
    y = x / rms(x)
    return y * weight * scale


def focal(logits, target, gamma=2.0):
    log_p = F.log_softmax(logits, -1)
    log_pt = log_p.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    return -(1 - log_pt.exp()).pow(gamma) * log_pt


def mean_squares(p, t):
    return ((p - t) ** 2).mean()


def two(x, y):
    return x * y, (x + y).square().sum(-1)


def se(self, x):
    gate = self.expand(F.relu(self.reduce(x.flatten(2).mean(-1))))
    return x * torch.sigmoid(gate).unflatten(1, (-1,) + (1,) * (x.dim() - 2))


def noisy(x, weight):
    return F.dropout(x, 0.5) * weight


def centred(self, x):
    if self.training:
        with torch.no_grad():
            self.mean.lerp_(x.flatten(0, -2).mean(0), 0.1)
    return x - self.mean
'''

REQUESTS = {
    "learnable": "new-layer Swish --forward 'x * sigmoid(beta * x)' --param beta=1.0",
    "scalar": "new-op swish --forward 'x * sigmoid(beta * x)' --arg beta:float=1.0",
    "helpers": "new-op rms_norm --from forwards.py:rms_norm --shape x=...,dim --shape weight=dim",
    "norm_layer": "new-layer RMSNorm --from forwards.py:rms_norm --shape x=...,dim "
    "--param weight=ones:dim",
    "index_loss": "new-loss focal --from forwards.py:focal --arg target:index "
    "--shape logits=batch,classes --shape target=batch",
    "stub_loss": "new-loss squared --forward '(p - t) ** 2' --backward stub",
    "scalar_loss": "new-loss mean_squares --from forwards.py:mean_squares",
    "two_outputs": "new-op two --from forwards.py:two",
    "plain_op": "new-op scaled --forward 'x * y' --backward autograd",
    "stub_layer": "new-layer Scaled --forward 'x * gain' --param gain=ones:dim "
    "--shape x=...,dim --backward stub",
    "composite": "new-layer Gate --from forwards.py:se --shape x=batch,channels,... "
    "--submodule 'reduce=nn.Linear(channels, max(1, channels // 4))' "
    "--submodule 'expand=nn.Linear(max(1, channels // 4), channels)'",
    "submodule": "new-layer Gated --forward 'x * sigmoid(fc(x))' --shape x=...,dim "
    "--submodule 'fc=nn.Linear(dim, dim)'",
    "random": "new-layer Noisy --from forwards.py:noisy --shape x=...,dim --param weight=ones:dim",
    "buffer": "new-layer Centred --from forwards.py:centred --shape x=...,dim --buffer mean=zeros:dim",
    "positive": "new-op logs --forward 'log(x) * y'",
    "products": "new-op merge --forward 'x @ w' --shape x=...,2*half --shape w=2*half,heads*dim",
    "default_op": "new-op thing",
    "default_loss": "new-loss Huberish",
    "like": "new-layer MyNorm --like layer_norm",
    "like_composite": "new-layer MyNet --like se_block",
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_generated_tests_pass(layergen, folder, request_):
    import shlex

    (folder / "forwards.py").write_text(FORWARDS)
    words = shlex.split(request_)
    layergen(*words)

    layergen("test", ".", "-q", *QUICK)


def test_a_layer_added_to_an_op_calls_it(layergen, folder):
    layergen("new-op", "swish", "--forward", "x * sigmoid(beta * x)")
    layergen("new-layer", "Swish", "--param", "beta=1.0")

    text = (folder / "swish" / "layer.py").read_text()
    assert "return swish(x, self.beta)" in text
    layergen("test", "swish", "-q", *QUICK)
