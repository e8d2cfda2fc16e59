"""A gradient that is right near the example, and wrong at numbers that it does not hold."""

import pytest
import torch

from layergen.errors import CannotDerive
from layergen.gate import elsewhere, magnitudes, values
from tests.gate.claims import claim_of
from tests.gate.functions import with_backward


def clamped(x):
    return x.clamp(-20, 20)


def clamped_at_3(wanted, grad, x):
    return (grad * (x.abs() <= 3),)


def ranked(x, y):
    return (y - x).clamp(min=0)


def ranked_with_a_margin(wanted, grad, x, y):
    return -grad * (y - x >= 1), None


def entropy_of(x, y):
    return torch.xlogy(x, y)


def unmasked(wanted, grad, x, y):
    return torch.xlogy(grad, y.clamp(min=0)), grad * x / y


def root(x):
    return x.sqrt()


def root_backward(wanted, grad, x):
    return (grad / 2 / x.sqrt(),)


def between(low, high):
    return torch.linspace(low, high, 15, dtype=torch.float64).reshape(3, 5)


def ranking(target):
    made = with_backward(ranked, ranked_with_a_margin)
    return claim_of(ranked, made, between(0.1, 0.5), target, differentiable=[0])


@pytest.mark.parametrize(
    "claim",
    [
        claim_of(clamped, with_backward(clamped, clamped_at_3), between(0.5, 2)),
        ranking(between(80.5, 99.5)),
    ],
    ids=["a bound", "a margin from what is not differentiated"],
)
def test_another_side_than_the_example_s_is_looked_at(claim):
    values.check(claim)
    magnitudes.check(claim)

    with pytest.raises(CannotDerive, match=r"at other numbers of .*gradient of x is"):
        elsewhere.check(claim)


def test_labels_stay_as_they_are():
    labels = torch.full((3, 5), 80.0, dtype=torch.float64)

    assert elsewhere.check(ranking(labels)) == ()


def test_where_the_forward_has_no_answer_nothing_is_asked():
    claim = claim_of(root, with_backward(root, root_backward), between(0.5, 2))

    assert elsewhere.check(claim) == ()


def test_zeros_meet_what_is_below_a_bound():
    example = between(0.1, 0.9), between(0.1, 0.9)
    claim = claim_of(entropy_of, with_backward(entropy_of, unmasked), *example)

    with pytest.raises(CannotDerive, match="at whole numbers from -2 to 2"):
        elsewhere.check(claim)
