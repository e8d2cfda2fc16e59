"""Forwards at the edges: what can be derived is right, and what can't is refused by name."""

import pytest
import torch
from torch import Tensor

import layergen
from tests.autodiff.derivable import DERIVED
from tests.autodiff.derivable_in_place import WRITING
from tests.autodiff.refusable import REFUSED


@pytest.mark.parametrize(
    ("form", "inputs"), [*DERIVED, *WRITING], ids=lambda e: named(e)
)
def test_what_looks_hard_is_derived_right(form, inputs):
    ours = layergen.derive(form, inputs).function

    torch.testing.assert_close(answer(ours, inputs), answer(form, inputs))


@pytest.mark.parametrize(("form", "inputs", "reason"), REFUSED, ids=lambda e: named(e))
def test_what_can_not_be_derived_is_refused_by_its_reason(form, inputs, reason):
    with pytest.raises(layergen.CannotDerive) as refusal:
        layergen.derive(form, inputs)

    assert refusal.value.reason == reason.spelled
    assert refusal.value.place is not None
    assert refusal.value.place.source == form.__code__.co_filename


def answer(function, inputs):
    """Take values and gradients, under one seed; what nothing reaches is zero."""
    torch.manual_seed(0)
    given = [leaf(each) for each in inputs]
    found = function(*given)
    outputs = found if isinstance(found, tuple) else (found,)
    leaves = [each for each in given if isinstance(each, Tensor) and each.requires_grad]
    total = sum(each.sum() for each in outputs)
    return [*outputs, *torch.autograd.grad(total, leaves, materialize_grads=True)]


def leaf(value):
    if not isinstance(value, Tensor):
        return value
    return value.clone().requires_grad_(value.is_floating_point())


def named(parameter):
    return getattr(parameter, "__name__", "")
