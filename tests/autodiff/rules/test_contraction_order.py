"""In which order the gradients of a sum of products are taken, and what they share."""

import re

import pytest
import torch

import layergen
from layergen.autodiff.rules.contraction_order import (
    contracted,
    in_order,
    shared_factor,
)


def bilinear(a, w, b):
    return torch.einsum("bi,oij,bj->bo", a, w, b)


def chain(a, b, c):
    return torch.einsum("ij,jk,kl->il", a, b, c)


def sums(source):
    """List the equations that backward sums by."""
    return re.findall(r'"(\S+->\S+)"', source.split("def backward")[1])


def test_what_leaves_least_to_do_is_shared():
    assert shared_factor("bo", ["bi", "oij", "bj"]) == 1


def test_two_factors_share_nothing():
    assert shared_factor("ik", ["ij", "jk"]) is None


def test_a_product_has_the_dimensions_that_are_needed_after_it():
    assert contracted("bo", "oij", ["bi", "bj"]) == "bij"
    assert contracted("...k", "jk", ["...j"]) == "...j"


def test_a_sum_that_costs_less_comes_first():
    assert in_order(["il", "jk", "kl"], "ij") == (0, 2, 1)


def test_factors_stay_in_place_where_nothing_is_won():
    assert in_order(["ij", "jk"], "ik") == (0, 1)


def test_a_product_lies_as_the_result_does():
    assert in_order(["bi", "bo", "bj"], "oij") == (1, 0, 2)


def test_many_factors_stay_in_place():
    assert in_order(["il", "jk", "kl", "l", "l", "l"], "ij") == (0, 1, 2, 3, 4, 5)


def test_a_bilinear_form_takes_two_large_sums():
    inputs = torch.randn(2, 3), torch.randn(4, 3, 5), torch.randn(2, 5)
    found = sums(layergen.derive(bilinear, inputs).source)
    assert [each for each in found if len(set(each) - set(",->")) == 4] == [
        "bo,oij->bij",
        "boi,bj->oij",
    ]


def test_a_chain_never_multiplies_what_it_does_not_sum():
    inputs = torch.randn(2, 3), torch.randn(3, 4), torch.randn(4, 5)
    found = sums(layergen.derive(chain, inputs).source)
    assert found
    assert all(len(set(each) - set(",->")) == 3 for each in found)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_what_is_shared_is_conjugated_once(dtype):
    shapes = (2, 3), (4, 3, 5), (2, 5)
    ours, theirs = (
        [
            torch.randn(
                each, dtype=dtype, generator=torch.Generator().manual_seed(at)
            ).requires_grad_()
            for at, each in enumerate(shapes)
        ]
        for _ in range(2)
    )
    function = layergen.derive(bilinear, ours).function
    for one, other in zip(
        torch.autograd.grad(function(*ours).abs().sum(), ours),
        torch.autograd.grad(bilinear(*theirs).abs().sum(), theirs),
        strict=True,
    ):
        torch.testing.assert_close(one, other)
