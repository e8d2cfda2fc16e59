"""Faults that show at another broadcast alone."""

import pytest

from layergen.autodiff.refusal import Reason
from layergen.errors import CannotDerive
from layergen.gate.derivation import verify
from tests.gate import faults, functions
from tests.gate.claims import claim_of, random

FAULTS = {
    "a gradient that only comes alone at another broadcast": (
        lambda: claim_of(
            faults.backwards,
            functions.with_backward(faults.backwards, faults.backwards_of_one_shape),
            random(3, 5),
            random(3, 5),
        ),
        Reason.FAILED_BROADCAST,
        "with a gradient of x alone: the gradient of x is",
    ),
    "another dimension at another broadcast": (
        lambda: claim_of(
            faults.along,
            functions.with_backward(faults.along, faults.along_the_last),
            random(3, 5),
            random(3, 5),
            -1,
        ),
        Reason.FAILED_BROADCAST,
        "d 0: the gradient of y is",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_is_refused_for_its_reason(fault):
    made, reason, told = FAULTS[fault]

    with pytest.raises(CannotDerive, match=told) as caught:
        verify(made())

    assert caught.value.reason == reason.spelled
