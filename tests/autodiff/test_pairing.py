"""What a rule gives, beside the operands that it is for."""

import torch

from layergen.autodiff.pairing import gradients_of
from layergen.ir.graph import Value

A, B, C = Value(0), Value(1), Value(2)
G, H, I = torch.zeros(1), torch.zeros(2), torch.zeros(3)  # noqa: E741


def pairs(rule, args, found, **kwargs):
    """Pair, and spell each gradient by its size."""
    made = gradients_of(rule, args, kwargs, found)
    return [(value.node, gradient.numel()) for value, gradient in made]


def of_two(grad, out, input, other, *, alpha=1):
    raise NotImplementedError


def of_list(grad, out, tensors, dim=0):
    raise NotImplementedError


def of_starred(grad, out, *tensors):
    raise NotImplementedError


def of_equation(grad, out, equation, *operands):
    raise NotImplementedError


def of_grid(grad, out, *tensors, indexing="ij"):
    raise NotImplementedError


def test_gradients_go_to_operands_by_place():
    assert pairs(of_two, (A, B), (G, H)) == [(0, 1), (1, 2)]


def test_gradients_go_to_operands_by_name():
    assert pairs(of_two, (A,), (G, H), other=B) == [(0, 1), (1, 2)]
    assert pairs(of_two, (), (G, H), other=B, input=A) == [(1, 2), (0, 1)]


def test_what_has_no_gradient_is_left_out():
    assert pairs(of_two, (A, B), (G, None)) == [(0, 1)]
    assert pairs(of_two, (A, B), (G,)) == [(0, 1)]
    assert pairs(of_two, (A,), (G,), other=B) == [(0, 1)]


def test_a_number_takes_no_gradient():
    assert pairs(of_two, (A, 2.0), (G, H)) == [(0, 1)]


def test_a_keyword_that_the_rule_gives_nothing_for_takes_none():
    assert pairs(of_two, (A, B), (G, H), alpha=C) == [(0, 1), (1, 2)]


def test_a_keyword_that_the_rule_does_not_know_takes_none():
    assert pairs(of_two, (A, B), (G, H), out=C) == [(0, 1), (1, 2)]


def test_a_list_of_operands_takes_a_list_of_gradients():
    assert pairs(of_list, ([A, B], 1), ([G, H],)) == [(0, 1), (1, 2)]
    assert pairs(of_list, ((A, B),), ((G, None),)) == [(0, 1)]


def test_one_operand_twice_takes_both_gradients():
    assert pairs(of_list, ([A, A],), ([G, H],)) == [(0, 1), (0, 2)]


def test_a_list_takes_no_gradient_of_one_tensor():
    assert pairs(of_list, ([A, B],), (G,)) == []


def test_starred_operands_take_gradients_one_by_one():
    assert pairs(of_starred, (A, B, C), (G, H, I)) == [(0, 1), (1, 2), (2, 3)]


def test_starred_operands_take_one_list_of_gradients():
    assert pairs(of_starred, (A, B), ([G, H],)) == [(0, 1), (1, 2)]


def test_starred_operands_behind_others_take_their_own():
    assert pairs(of_equation, ("ij,jk", A, B), (None, [G, H])) == [(0, 1), (1, 2)]
    assert pairs(of_equation, ("ij,jk", A, B), (None, G, H)) == [(0, 1), (1, 2)]


def test_starred_operands_before_a_keyword_take_one_list_of_gradients():
    assert pairs(of_grid, (A, B), ([G, H],), indexing="ij") == [(0, 1), (1, 2)]
