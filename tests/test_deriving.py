"""`layergen.derive` on functions that live in Python: what it says of what is saved."""

import math

import pytest
import torch
import torch.nn.functional as F

import layergen
from layergen.check.kept import Run, kept_bytes
from layergen.spec.inputs import Example


def attention(q, k, v):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    weights = torch.softmax(scores, -1)
    return weights @ v


def row_norm(x, weight, eps=1e-5):
    rstd = torch.rsqrt(x.square().mean(-1, keepdim=True) + eps)
    return x * rstd * weight


def focal(logits, target):
    log_p = F.log_softmax(logits, -1)
    log_pt = log_p.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    return -(1 - log_pt.exp()).pow(2) * log_pt


INPUTS = {
    attention: (torch.randn(2, 4, 8), torch.randn(2, 6, 8), torch.randn(2, 6, 5)),
    row_norm: (torch.randn(2, 4, 8).half(), torch.randn(8).half(), 1e-5),
    focal: (torch.randn(4, 8), torch.randint(8, (4,))),
}


@pytest.mark.parametrize(
    ("function", "recompute"),
    [
        (attention, "none"),
        (attention, "all"),
        (row_norm, "cheap"),
        (focal, "cheap"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_the_bytes_of_what_is_saved_are_what_autograd_keeps(function, recompute):
    derived = layergen.derive(function, INPUTS[function], recompute=recompute)
    inputs = [
        (
            each.requires_grad_()
            if isinstance(each, torch.Tensor) and each.is_floating_point()
            else each
        )
        for each in INPUTS[function]
    ]
    known = dict(zip(function.__code__.co_varnames, inputs, strict=False))

    told = sum(eval(each.bytes, known) for each in derived.saved)

    run = Run(Example("own", (), ()), derived.function, inputs)
    assert told == kept_bytes(run)


def test_what_is_saved_is_named_as_in_the_source():
    derived = layergen.derive(attention, INPUTS[attention])

    names = ", ".join(each.name for each in derived.saved)
    assert f"ctx.save_for_backward({names})" in derived.source
    assert derived.saved[-1] == layergen.deriving.Saved(
        name="weights",
        shape=("q.shape[0]", "q.shape[-2]", "k.shape[-2]"),
        dtype="float32",
        bytes="4 * q.shape[0] * q.shape[-2] * k.shape[-2]",
    )
