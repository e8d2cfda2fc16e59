"""Sizes of what autograd keeps, by the names of dimensions: the numbers are counted by hand."""

import torch
from torch import Tensor

from layergen.check.kept import Run, kept_bytes, kept_terms
from layergen.check.known import declared, spelled
from layergen.ir.cost import Term
from layergen.spec.inputs import Example
from layergen.spec.model import Argument, ArgumentType, Shape

X = Argument("x", ArgumentType.TENSOR, shape=Shape(("...", "dim")))
W = Argument("w", ArgumentType.TENSOR, shape=Shape(("dim", "out")))


def run(function, lead, dim, out):
    shapes = {"x": (*lead, dim), "w": (dim, out)}
    inputs = [torch.ones(each, requires_grad=True) for each in shapes.values()]
    known = declared([X, W], Example("sizes", tuple(shapes.items()), ()))
    return Run(function, inputs), known


def terms(function):
    runs = [run(function, (2, 3), 5, 7), run(function, (4,), 6, 3)]
    return kept_terms(runs)


def test_inputs_are_counted_by_their_own_names():
    assert terms(lambda x, w: x @ w) == (
        Term(4, ("x.numel()",)),
        Term(4, ("dim", "out")),
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
    found, _ = run(lambda x, w: x[..., 0].clone() * x[..., 0] + w.sum(), (2, 3), 5, 7)

    assert kept_bytes(found) == 4 * (2 * 3 * 5 + 2 * 3)


def test_what_grows_fastest_comes_first():
    def ends(x: Tensor, w: Tensor) -> Tensor:
        return x.sum(-1).exp() + (x.detach() @ w).sum() * w.sum().exp()

    assert [each.factors for each in terms(ends)] == [("x.numel()",), ("lead",), ()]


def by_position(first, second):
    """Count x.exp() + y.exp() and their matmul, named by the arguments."""
    runs = [
        Run(lambda x, y: (x @ y).exp() + y.exp().sum(), each)
        for each in (first, second)
    ]
    return kept_terms(list(zip(runs, spelled("xy", first, second), strict=True)))


def pair(*sizes):
    a, b, c = sizes
    return [torch.ones(a, b, requires_grad=True), torch.ones(b, c, requires_grad=True)]


def test_sizes_that_nobody_named_are_those_of_the_arguments():
    assert by_position(pair(2, 3, 5), pair(3, 4, 6)) == (
        Term(4, ("x.numel()",)),
        Term(8, ("y.numel()",)),
        Term(4, ("x.shape[0]", "y.shape[1]")),
    )


def test_sizes_that_are_equal_in_one_example_alone_have_no_name():
    assert by_position(pair(3, 3, 5), pair(3, 4, 6)) == ()
