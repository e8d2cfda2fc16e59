"""The samples of a derivation: declared examples, other numbers, other broadcasts."""

import math
from pathlib import Path

import pytest
import torch

from layergen.autodiff.trial import tried
from layergen.gate.claim import Change, Claim, Sample
from layergen.gate.samples import samples_from, samples_of, with_other_scalars
from layergen.spec import bundled, read, toml
from layergen.spec.model import Kind
from layergen.spec.request import Request
from tests.gate.claims import random


def op_of(forward, **options):
    request = Request(Kind.OP, "Ripple", forward=forward, **options)
    here = Path(__file__).parent
    [spec, _] = read.from_request(request, cwd=here, into=here, existing=None)
    return spec.op, tried(spec).op


@pytest.fixture
def attention():
    record = bundled.examples() / "self_attention" / "layergen.toml"
    spec = toml.parse(record.read_text(), str(record))
    return spec.op, tried(spec).op


def plain_attention(q, k, v, mask, causal):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return torch.softmax(scores if mask is None else scores + mask, -1) @ v


def test_declared_examples_become_samples(attention):
    op, trial = attention

    samples = samples_of(op.arguments, trial, plain_attention)

    assert len(samples) >= len(trial.examples)
    assert {each.args[4] for each in samples} == {True, False}
    assert any(each.args[3] is None for each in samples)
    assert not any(each.requires_grad for each in samples[0].args[:3])


def test_other_sizes_and_broadcasts_are_told_from_the_first(attention):
    op, trial = attention

    first, *others = samples_of(op.arguments, trial, plain_attention)

    assert first.change is Change.NOTHING
    assert {each.change for each in others} >= {Change.SIZES, Change.BROADCAST}


@pytest.mark.parametrize("shapes", [(), ("x=rows,features", "weight=features")])
def test_broadcasts_that_nobody_declared_may_be_refused(shapes):
    op, trial = op_of("x * weight", shapes=shapes)

    samples = samples_of(op.arguments, trial, lambda x, weight: x * weight)

    examples = samples[: len(trial.examples)]
    assert not any(each.may_raise for each in examples)
    assert any(each.may_raise for each in samples)


def rows(table, index):
    return table.index_select(0, index)


def test_indices_are_drawn_over_their_whole_range():
    op, trial = op_of(
        "table.index_select(0, index)",
        arguments=("table:tensor", "index:index"),
        shapes=("table=words,features", "index=batch"),
    )

    samples = samples_of(op.arguments, trial, rows)

    drawn = [each.args[1] for each in samples if each.args[1].numel()]
    assert max(int(each.max()) for each in drawn) > 1


def scaled(x, slope, shift):
    return x * slope + shift


def test_each_float_takes_another_value():
    first = Sample((random(3, 5), 2.0, 1e-6), "")

    both, slope, shift = with_other_scalars(first, ("x", "slope", "shift"))

    assert (both.args[1], both.args[2]) == (1.5, 0.02)
    assert (slope.args[1], slope.args[2]) == (1.5, 1e-6)
    assert (shift.args[1], shift.args[2]) == (2.0, 0.02)
    assert both.change is Change.NUMBERS


@pytest.mark.parametrize(
    ("value", "other"), [(0.0, 0.5), (-1e-5, -0.02), (-4.0, -3.0), (math.inf, math.inf)]
)
def test_another_value_is_near_and_on_the_same_side(value, other):
    [sample] = with_other_scalars(Sample((value,), ""), ("slope",))

    assert sample.args == (other,)


def test_a_number_that_the_forward_does_not_take_is_left_out():
    def clipped(x, low):
        if low != -1.0:
            raise ValueError(low)
        return x.clamp_min(low)

    samples = samples_from((random(3, 5), -1.0), clipped, ("x", "low"))

    assert all(each.args[1] == -1.0 for each in samples)


def test_example_inputs_in_single_precision_are_widened():
    samples = samples_from((random(3, 5).float(), 2.0, 1.0), scaled, ("x", "a", "b"))

    assert samples[0].note == "x (3, 5), a 2.0, b 1.0"
    assert {each.args[0].dtype for each in samples} == {torch.float64}


def test_the_dear_checks_see_each_kind_once_and_small():
    samples = tuple(
        Sample(args, "")
        for args in (
            (random(6, 7), None),
            (random(3, 5), None),
            (random(3, 5), random(5)),
            (random(0, 5), random(5)),
            (random(1, 5), None),
        )
    )
    claim = Claim("add", torch.add, torch.add, samples, ("x", "y"), (0, 1))

    assert [each.args[0].shape for each in claim.kinds()] == [(3, 5), (3, 5), (1, 5)]
    assert claim.wanted(samples[0]) == (0,)
