"""`layergen.derive` on functions that live in Python: what it says of what is saved."""

import inspect
import math

import pytest
import torch
import torch.nn.functional as F

import layergen
from layergen.check.kept import Run, kept_bytes
from layergen.ir.cost import Term


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


def swish(x, beta=1.5):
    return x * torch.sigmoid(beta * x)


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

    assert told == kept_bytes(Run(derived.function, inputs))


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


def test_the_cost_is_told_by_the_sizes_of_the_arguments():
    derived = layergen.derive(swish, (torch.randn(3, 3), 2.0))

    cost = derived.cost()

    assert cost.derived.names == ("x",)
    assert cost.derived.kept == (Term(4, ("x.numel()",)),)
    assert cost.plain.kept == (Term(8, ("x.numel()",)),)
    assert (cost.derived.bytes, cost.plain.bytes) == (36, 72)
    assert cost.shapes == (("x", (3, 3)),)
    assert cost.derived.seconds > 0 < cost.plain.seconds


def test_the_report_tells_the_cost_and_the_notes():
    def naive(x):
        return torch.log(1 + torch.exp(x))

    report = layergen.derive(naive, (torch.randn(3),)).report()

    assert "x: 4 * x.numel() bytes (float32); plain autograd 8 * x.numel()" in report
    assert "torch.nn.functional.softplus would be finite" in report


def test_defaults_are_kept():
    derived = layergen.derive(swish, (torch.randn(3), 2.0))

    assert inspect.signature(derived.function).parameters["beta"].default == 1.5


def test_complex_inputs_are_kept_and_told_in_their_own_precision():
    z = torch.randn(3, dtype=torch.complex64)

    derived = layergen.derive(lambda z: z.abs() ** 2, (z,), name="power")

    assert [(each.dtype, each.bytes) for each in derived.saved] == [
        ("complex64", "8 * z.numel()")
    ]
    assert derived.cost().derived.bytes == 8 * 3


def test_measuring_changes_no_buffer():
    norm = torch.nn.BatchNorm1d(4)
    derived = layergen.derive(norm, (torch.randn(6, 4),))
    before = norm.running_mean.clone()

    cost = derived.cost()

    assert cost.derived.bytes > 0
    torch.testing.assert_close(norm.running_mean, before, rtol=0, atol=0)


def test_shapes_are_told_in_letters():
    source = layergen.derive(attention, INPUTS[attention]).source

    assert "        k: (a, d, c).\n" in source
    assert "        A tensor of shape (a, b, e).\n" in source
