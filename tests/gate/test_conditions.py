"""Where a derivation holds for some sizes alone, it is tried there, and refuses the others."""

import pytest
import torch

import layergen
from layergen.errors import CannotDerive
from layergen.gate.conditions import check, samples_under
from layergen.gate.samples import samples_from
from layergen.ir.gradients import Condition, Dimension
from layergen.ir.graph import Size
from tests.gate.claims import claim_of, random

COLUMNS = Size("s1")
SIX = Condition(">=", COLUMNS, 6, ((COLUMNS, Dimension("x", 1, 2)),))


def first(x):
    return x[:, :6].sin()


def first_six(x):
    if x.shape[1] < 6:
        raise ValueError("too few columns")
    return first(x)


def six_by_accident(x):
    return x[:, :6].reshape(-1, 2, 3).flatten(1).sin()


def columns(samples):
    return {each.args[0].shape[-1] for each in samples}


def drawn(plain):
    return samples_from([random(3, 8)], plain, ("x",))


def test_samples_under_a_condition_meet_it_at_other_sizes_too():
    found, others = samples_under([SIX], ("x",), first, drawn)

    assert min(columns(found)) >= 6
    assert len(columns(found)) > 1
    assert max(columns(others)) < 6


def test_without_a_condition_samples_are_as_they_are_drawn():
    found, others = samples_under([], ("x",), first, drawn)

    assert [each.note for each in found] == [each.note for each in drawn(first)]
    assert others == ()


@pytest.mark.parametrize("derived", [first, six_by_accident])
def test_what_must_be_refused_is_refused_by_a_value_error(derived):
    _, others = samples_under([SIX], ("x",), first, drawn)

    assert check(claim_of(first, first_six, random(3, 8), refused=others)) == ()
    with pytest.raises(CannotDerive, match="other sizes"):
        check(claim_of(first, derived, random(3, 8), refused=others))


def first_of_two(x):
    return x.tensor_split(2, 1)[0].sin()


def test_what_is_derived_says_its_sizes_in_a_check_its_docstring_and_a_note():
    made = layergen.derive(first_of_two, [torch.randn(3, 8)])

    told = "x.shape[-1] % 2 == 0"
    assert f"ValueError: unless {told}." in made.function.__doc__
    assert made.notes[0] == f"first_of_two: derived for {told}; it refuses other sizes."
    with pytest.raises(ValueError, match="has its gradient for"):
        made.function(torch.randn(3, 5))
