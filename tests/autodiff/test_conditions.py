"""What is derived holds at every size, or says at which, or is refused."""

import pytest
import torch

import layergen
from layergen.autodiff.derive import derived
from layergen.emit.size_checks import stated
from layergen.errors import CannotDerive
from tests.autodiff.agreement import assert_same_gradients, assert_same_values
from tests.autodiff.sized import CASES, Shapes, first_four, first_of_two, heads
from tests.autodiff.ungated import ungated


def normal(shapes: Shapes) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [
        torch.randn(each, dtype=torch.float64, generator=generator) for each in shapes
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_formula_holds_where_it_says_so(case):
    ours = ungated(case.forward, normal(case.shapes)).function

    for shapes in (case.shapes, *case.right):
        assert_same_values(ours, case.forward, *normal(shapes))
        assert_same_gradients(ours, case.forward, *normal(shapes))
    for shapes in case.refused:
        case.forward(*normal(shapes))
        with pytest.raises(ValueError, match="has its gradient for"):
            ours(*normal(shapes))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_says_so_in_few_words(case):
    found = derived(case.forward, normal(case.shapes))

    assert stated(found.conditions) == case.holds_for


def bare_branch(x):
    return x.sin() if x.shape[1] > 4 else x.cos()


def of_one(x):
    return x.sin() if x.shape[1] == 1 else x.cos()


def of_none_but_ones(x):
    return x / max(x.numel() - 1, 1) if x.numel() == 1 else x.sin()


def number(x):
    return x * int(x.shape[1])


def steps(x):
    return sum(x[at].sin() * at for at in range(x.shape[0]))


@pytest.mark.parametrize(
    ("forward", "asked"),
    [
        (bare_branch, "x.shape[1] > 4"),
        (of_one, "x.shape[1] != 1"),
        (of_none_but_ones, "x.shape[0] != 1"),
        (number, "x.shape[1] == 5"),
        (steps, "x.shape[0] == 3"),
    ],
)
def test_what_one_s_own_python_asks_is_refused(forward, asked):
    with pytest.raises(CannotDerive, match="some sizes only") as refusal:
        derived(forward, normal([(3, 5)]))

    assert asked in str(refusal.value)


def test_sizes_that_are_said_to_be_free_break_no_condition():
    example, other = normal([(3, 8)]), normal([(3, 5)])

    assert derived(first_of_two, example, others=[other]).conditions
    assert derived(first_of_two, example, others=[normal([(2, 6)])], all_others=True)
    with pytest.raises(CannotDerive, match="some sizes only"):
        derived(first_of_two, example, others=[other], all_others=True)


def projected(p, logits):
    return (p * logits.view(-1, 3, 5).log_softmax(-1)).sum(-1).mean()


def test_sizes_that_are_odd_by_accident_are_free():
    others = [normal([(2, 7)])]

    assert derived(first_of_two, normal([(3, 5)]), others=others).conditions
    with pytest.raises(CannotDerive, match="some sizes only"):
        derived(first_of_two, normal([(3, 5)]), others=others, all_others=True)


def test_sizes_that_are_large_enough_are_free():
    small = normal([(3, 3)])

    found = derived(first_four, normal([(3, 8)]), others=[small], all_others=True)

    assert stated(found.conditions) == "x.shape[-1] >= 4"


def test_sizes_of_two_arguments_that_broadcast_are_noted():
    """They are checked where a gradient does not hold for another broadcast."""
    found = derived(projected, normal([(2, 3, 5), (2, 15)]))

    assert found.conditions == ()
    assert stated(found.equalities) == "p.shape[-1] == logits.shape[-1] // 3"


def test_sizes_that_their_shapes_show_are_not():
    assert derived(heads, normal([(3, 5), (5, 8)])).equalities == ()


def test_a_gradient_that_holds_for_one_broadcast_says_so():
    ours = layergen.derive(projected, normal([(2, 3, 5), (2, 15)])).function

    assert_same_gradients(ours, projected, *normal([(4, 3, 5), (4, 15)]))
    with pytest.raises(ValueError, match=r"p.shape\[-1\] == logits.shape\[-1\] // 3"):
        ours(*normal([(2, 3, 1), (2, 15)]))
