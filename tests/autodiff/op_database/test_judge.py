"""The judge sees what is wrong, and the list says what is new."""

import time

import pytest
import torch
from torch.autograd import Function

from layergen.errors import CannotDerive
from tests.autodiff.op_database import judge
from tests.autodiff.op_database.judge import Finding, Judgement, Made, Outcome
from tests.autodiff.op_database.reviewed import surprises, unknown_operators
from tests.autodiff.op_database.sample import Sample


class Square(Function):
    """x * x, whose gradient is times `slope`, and a constant the second time if `once`."""

    @staticmethod
    def forward(x, slope, once):
        return x * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.slope, ctx.once = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, grad_out):
        (x,) = ctx.saved_tensors
        x = x.detach() if ctx.once else x
        return grad_out * ctx.slope * x, None, None


X = torch.randn(3, dtype=torch.float64, requires_grad=True)
SQUARE = Sample(lambda x: x * x, (X,), (0,), True)


def found(function):
    return judge.finding(SQUARE, lambda sample: Made(function))


def raising(error):
    def derive(sample):
        raise error

    return judge.finding(SQUARE, derive)


def test_what_agrees_is_right():
    assert found(lambda x: Square.apply(x, 2, False)).outcome is Outcome.RIGHT


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (lambda x: x * x * 1.001, "values"),
        (lambda x: (x * x).float(), "values"),
        (lambda x: Square.apply(x, 2.001, False), "gradients"),
        (lambda x: (x * x).detach(), "gradients"),
        (lambda x: Square.apply(x, 2, True), "second derivatives"),
    ],
)
def test_what_differs_is_wrong(function, what):
    finding = found(function)

    assert finding.outcome is Outcome.WRONG
    assert finding.reason.partition(";")[0] == what


def test_a_number_is_right_where_autograd_has_none():
    assert judged_at_zero(torch.abs, by_autograd=root_of_square) is Outcome.RIGHT


def test_no_number_is_wrong_where_autograd_has_one():
    assert judged_at_zero(root_of_square, by_autograd=torch.abs) is Outcome.WRONG


def root_of_square(x):
    return (x * x).sqrt()  # at 0 its gradient is 0 / 0


def judged_at_zero(function, by_autograd):
    sample = Sample(by_autograd, (torch.zeros(1, requires_grad=True),), (0,), True)
    return judge.finding(sample, lambda sample: Made(function)).outcome


def test_a_refusal_keeps_its_reason():
    finding = raising(CannotDerive("no", reason="no-rule"))

    assert finding == Finding(Outcome.REFUSED, "no-rule")


def test_anything_else_was_raised():
    finding = raising(KeyError("x"))

    assert finding == Finding(Outcome.RAISED, "KeyError: 'x'")


def test_what_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(judge, "SECONDS", 1)

    finding = judge.finding(SQUARE, lambda sample: time.sleep(20))

    assert finding == Finding(Outcome.RAISED, "no answer within 1 s")


def judgement(*findings):
    return Judgement("op", tuple(findings))


RIGHT = Finding(Outcome.RIGHT)
REFUSED = Finding(Outcome.REFUSED, "no-rule")


@pytest.mark.parametrize(
    ("findings", "listed"),
    [([RIGHT, RIGHT], {}), ([RIGHT, REFUSED], {"op": "no-rule"})],
)
def test_what_was_expected_is_no_surprise(findings, listed):
    assert list(surprises([judgement(*findings)], listed)) == []


@pytest.mark.parametrize(
    ("findings", "listed"),
    [
        ([RIGHT, REFUSED], {}),
        ([RIGHT, REFUSED], {"op": "sparse"}),
        ([RIGHT], {"op": "no-rule"}),
        ([REFUSED, Finding(Outcome.WRONG, "values")], {"op": "no-rule"}),
        ([REFUSED, Finding(Outcome.RAISED, "no-rule")], {"op": "no-rule"}),
    ],
)
def test_what_was_not_reviewed_is_a_surprise(findings, listed):
    assert list(surprises([judgement(*findings)], listed))


def test_a_fallback_in_one_sample_counts():
    by_rules = judgement(RIGHT, RIGHT)
    not_quite = judgement(RIGHT, Finding(Outcome.RIGHT, fallbacks=("mish",)))

    assert by_rules.needs_no_fallback
    assert not not_quite.needs_no_fallback


def test_an_operator_by_its_path_must_be_known():
    judgements = [judgement(Finding(Outcome.RIGHT, below=("torch.ops.aten.sort",)))]

    assert list(unknown_operators(judgements, {"torch.ops.aten.sort"})) == []
    assert list(unknown_operators(judgements, {"torch.ops.aten.topk"}))
