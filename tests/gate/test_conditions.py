"""Where a derivation holds for some sizes alone, it is tried there, and refuses the others."""

import pytest
import torch

import layergen
from layergen.errors import CannotDerive
from layergen.gate.conditions import check, samples_under
from layergen.gate.samples import samples_from
from layergen.ir.gradients import Condition, Dimension
from layergen.ir.graph import Arithmetic, Size
from tests.gate.claims import claim_of, random

COLUMNS = Size("s1")
EVEN = Condition(
    "==",
    Arithmetic("%", (COLUMNS, 2)),
    0,
    ((COLUMNS, Dimension("x", 1, 2)),),
)


def halved(x):
    return x[:, : x.shape[1] // 2].sin()


def columns(samples):
    return {each.args[0].shape[-1] for each in samples}


def drawn(plain):
    return samples_from([random(3, 8)], plain, ("x",))


def test_samples_under_a_condition_meet_it_at_other_sizes_too():
    found, others = samples_under([EVEN], ("x",), halved, drawn)

    assert all(each % 2 == 0 for each in columns(found))
    assert len(columns(found)) > 1
    assert any(each % 2 for each in columns(others))


def test_without_a_condition_samples_are_as_they_are_drawn():
    found, others = samples_under([], ("x",), halved, drawn)

    assert [each.note for each in found] == [each.note for each in drawn(halved)]
    assert others == ()


def only_even(x):
    if x.shape[1] % 2:
        raise ValueError("odd")
    return halved(x)


def only_even_by_accident(x):
    return halved(x.view(x.shape[0], 2, -1).flatten(1))


@pytest.mark.parametrize("derived", [halved, only_even_by_accident])
def test_what_must_be_refused_is_refused_by_a_value_error(derived):
    _, others = samples_under([EVEN], ("x",), halved, drawn)

    assert check(claim_of(halved, only_even, random(3, 8), refused=others)) == ()
    with pytest.raises(CannotDerive, match="other sizes"):
        check(claim_of(halved, derived, random(3, 8), refused=others))


def first_of_two(x):
    return x.tensor_split(2, 1)[0].sin()


def test_what_is_derived_says_its_sizes_in_a_check_its_docstring_and_a_note():
    made = layergen.derive(first_of_two, [torch.randn(3, 8)])

    told = "x.shape[-1] % 2 == 0"
    assert f"ValueError: unless {told}." in made.function.__doc__
    assert made.notes[0] == f"first_of_two: derived for {told}; it refuses other sizes."
    with pytest.raises(ValueError, match="has its gradient for"):
        made.function(torch.randn(3, 5))
