"""Sizes of what autograd keeps, by the names of dimensions: the numbers are counted by hand."""

import torch
from torch import Tensor

from layergen.check.kept import Run, kept_bytes, kept_terms
from layergen.ir.cost import Term
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, ArgumentType, Shape

X = Argument("x", ArgumentType.TENSOR, shape=Shape(("...", "dim")))
W = Argument("w", ArgumentType.TENSOR, shape=Shape(("dim", "out")))


def run(function, lead, dim, out):
    shapes = {"x": (*lead, dim), "w": (dim, out)}
    inputs = [torch.ones(each, requires_grad=True) for each in shapes.values()]
    return Run(Example("sizes", tuple(shapes.items()), ()), function, inputs)


def terms(function):
    runs = [run(function, (2, 3), 5, 7), run(function, (4,), 6, 3)]
    return kept_terms([X, W], runs)


def test_inputs_are_counted_by_their_own_names():
    assert terms(lambda x, w: x @ w) == (
        Term(4, ("dim", "out")),
        Term(4, ("x.numel()",)),
    )


def test_a_storage_is_counted_once():
    assert terms(lambda x, w: x * x * x.mT.mT + w.sum()) == (Term(8, ("x.numel()",)),)


def test_intermediates_are_named_by_their_dimensions():
    assert terms(lambda x, w: (x.detach() @ w.detach() + w.sum()).exp()) == (
        Term(4, ("lead", "out")),
    )


def test_sizes_of_one_are_left_out():
    def norm(x: Tensor, w: Tensor) -> Tensor:
        return torch.rsqrt(x.sum(-1, keepdim=True) + w.sum())

    assert Term(4, ("lead",)) in terms(norm)


def test_what_has_no_name_is_no_sum():
    assert terms(lambda x, w: x[..., 1:].exp() + w.sum()) == ()


def test_a_sum_that_does_not_fit_the_second_run_is_none():
    def looks(x: Tensor, w: Tensor) -> Tensor:
        return (x.exp().sin() if x.dim() == 3 else x) + w.sum()

    assert terms(looks) == ()


def test_bytes_are_those_of_whole_storages():
    found = run(lambda x, w: x[..., 0].clone() * x[..., 0] + w.sum(), (2, 3), 5, 7)

    assert kept_bytes(found) == 4 * (2 * 3 * 5 + 2 * 3)
