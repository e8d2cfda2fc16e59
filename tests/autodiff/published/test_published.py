"""Published layers derive, and agree with autograd at other sizes; or the refusal says why."""

from functools import cache

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

import layergen
from layergen.errors import CannotDerive
from tests.autodiff.agreement import answers, close, gradients, learned
from tests.autodiff.published import (
    activations,
    attention,
    blocks,
    losses,
    norms,
    recurrent,
)
from tests.autodiff.ungated import of_subject

FAMILIES = (activations, attention, blocks, losses, norms, recurrent)
CASES = [case for family in FAMILIES for case in family.CASES]
DERIVED = [case for case in CASES if case.refused is None]
REFUSED = [case for case in CASES if case.refused is not None]
# of the dimensions with names, in order of appearance
SIZES = (5, 4, 7, 6, 3, 8)
OTHER_SIZES = ((8, 9, 5, 7, 6, 4), (4, 7, 9, 5, 10, 6))


@cache
def derivation(case):
    return of_subject(case.subject(SIZES, torch.float64))


def seeded(function):
    """Draw the same random numbers in each run."""

    def run(*inputs):
        torch.manual_seed(2)
        return function(*inputs)

    return run


def second_gradients(function, inputs, wanted):
    """Differentiate the squares of the outputs, and of the gradients of those."""
    inputs = learned(inputs, wanted)
    leaves = [inputs[place] for place in wanted]
    with sdpa_kernel(SDPBackend.MATH):  # the others have no second derivative
        total = sum(each.square().sum() for each in answers(function(*inputs)))
    first = torch.autograd.grad(total, leaves, create_graph=True)
    squares = sum(each.square().sum() for each in first)
    return torch.autograd.grad(squares, leaves, materialize_grads=True)


@pytest.mark.parametrize("sizes", OTHER_SIZES, ids=["larger", "other"])
@pytest.mark.parametrize("case", DERIVED, ids=lambda case: case.name)
def test_agrees_with_autograd_at_other_sizes(case, sizes):
    ours = seeded(derivation(case).function)
    subject = case.subject(sizes, torch.float64)
    plain, values, wanted = seeded(subject.function), subject.values, subject.wanted

    close(answers(ours(*values)), answers(plain(*values)))
    close(gradients(ours, values, wanted), gradients(plain, values, wanted))
    close(
        second_gradients(ours, values, wanted), second_gradients(plain, values, wanted)
    )


@pytest.mark.parametrize("case", DERIVED, ids=lambda case: case.name)
def test_has_a_rule_for_every_step(case):
    assert derivation(case).fallbacks == ()


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_is_refused_with_the_reason(case):
    with pytest.raises(CannotDerive) as refusal:
        layergen.derive(case.make(), case.inputs(SIZES, torch.float32))

    assert refusal.value.reason == case.refused.spelled
