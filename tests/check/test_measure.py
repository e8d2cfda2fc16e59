"""Whole components, measured: bytes are exact, times only there."""

import time
from dataclasses import replace

import pytest

from layergen import pipeline
from layergen.check import measure
from layergen.check import steps as steps_module
from layergen.ir.cost import Term
from layergen.spec.model import Backward, Kind
from layergen.spec.request import Request

SWISH = Request(
    Kind.OP, "swish", forward="x * sigmoid(beta * x)", arguments=("beta:float=1.0",)
)
OWN_INPUTS = """
import torch


def halves(x, scale=2.0):
    return (x[1:] * x[:-1]).sigmoid() * scale


def example_inputs():
    return (torch.randn(6),)
"""


@pytest.fixture
def cost(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN_INPUTS)
    return lambda request: pipeline.create(request, into=tmp_path).cost


def test_a_derived_swish_keeps_its_input_alone(cost):
    found = cost(SWISH)

    assert found.derived.kept == (Term(4, ("x.numel()",)),)
    assert found.plain.kept == (Term(8, ("x.numel()",)),)
    assert found.derived.names == ("x",)
    assert (found.dtype, found.shapes[0][0]) == ("float32", "x")
    assert 2 * found.derived.bytes == found.plain.bytes
    assert found.derived.seconds > 0 < found.plain.seconds


def test_a_loss_is_measured_too(cost):
    request = Request(
        Kind.LOSS, "squared", forward="(p - t) ** 2", backward=Backward.DERIVED
    )

    assert cost(request).plain.kept == (Term(4, ("p.numel()",)),)


def test_what_is_not_derived_has_no_cost(cost):
    assert cost(replace(SWISH, backward=Backward.STUB)) is None


def test_inputs_of_the_users_own_are_taken_as_they_are(cost):
    found = cost(Request(Kind.OP, "halves", from_="own.py:halves"))

    assert found.shapes == (("x", (6,)),)
    assert found.derived.kept == found.plain.kept == ()
    assert found.derived.bytes > 0


def test_slow_steps_are_run_a_few_times_only(cost, monkeypatch):
    steps = []
    monkeypatch.setattr(measure, "lasting", lambda run: slow(steps))
    monkeypatch.setattr(steps_module, "lasting", lambda run: slow(steps))

    cost(SWISH)

    looks = 2 * 2  # at either side, before
    assert len(steps) == looks + 2 * steps_module.FEWEST


def slow(steps):
    """Be a step that lasts as long as all of them may."""
    time.sleep(steps_module.TIME)
    steps.append(steps_module.TIME)
    return steps_module.TIME
