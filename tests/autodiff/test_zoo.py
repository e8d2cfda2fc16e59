"""Every layer of the zoo derives: right at every order, size and broadcast pattern."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache

import pytest
import torch
from torch import Tensor

import layergen
from layergen.deriving import Derived
from tests.autodiff.agreement import (
    assert_differentiable_twice,
    assert_same_gradients,
    assert_same_gradients_alone,
    assert_same_under_vmap,
    assert_same_values,
)
from tests.autodiff.ungated import ungated
from tests.autodiff.zoo import LAYERS, OTHER_SIZES, SIZES, Input, Layer


@pytest.fixture(params=LAYERS, ids=lambda layer: layer.name)
def layer(request):
    return request.param


@pytest.fixture
def ours(layer):
    return derivation(layer).function


@cache
def derivation(layer: Layer) -> Derived:
    return layergen.derive(layer.forward, layer.inputs())


@pytest.mark.parametrize("sizes", [SIZES, OTHER_SIZES], ids=["same", "other"])
def test_has_the_forward_s_values(ours, layer, sizes):
    assert_same_values(ours, layer.forward, *layer.inputs(sizes))


def test_both_derivatives_are_right(ours, layer):
    assert_differentiable_twice(ours, *layer.inputs())


def test_both_derivatives_are_right_at_other_sizes(ours, layer):
    assert_differentiable_twice(ours, *layer.inputs(OTHER_SIZES), fast=True)


def test_has_autograd_s_gradients_at_other_sizes(ours, layer):
    assert_same_gradients(ours, layer.forward, *layer.inputs(OTHER_SIZES))


def test_each_gradient_alone_is_the_same(ours, layer):
    assert_same_gradients_alone(ours, layer.forward, *layer.inputs())


def test_inputs_that_broadcast_otherwise_are_right_or_refused(ours, layer):
    for inputs in broadcast_otherwise(layer.inputs()):
        if runs(layer.forward, inputs) and takes(ours, inputs):
            assert_same_values(ours, layer.forward, *inputs)
            with suppress(RuntimeError):  # torch's own word that the sizes don't fit
                assert_same_gradients(ours, layer.forward, *inputs)


def test_vmap_of_grad(ours, layer):
    assert_same_under_vmap(ours, layer.forward, *layer.inputs())


def test_compiles_whole(ours, layer):
    torch.compiler.reset()
    compiled = torch.compile(ours, fullgraph=True, backend="aot_eager")

    assert_same_gradients(compiled, layer.forward, *layer.inputs())


def test_derives_without_autograd(layer):
    assert ungated(layer.forward, layer.inputs(), fallback=False).fallbacks == ()


def test_nothing_of_the_example_is_in_the_source(layer):
    other = layergen.derive(layer.forward, layer.inputs(OTHER_SIZES))

    assert derivation(layer).source == other.source


@pytest.mark.parametrize("recompute", ["none", "all"])
def test_both_derivatives_are_right_whatever_is_kept(layer, recompute):
    ours = ungated(layer.forward, layer.inputs(), recompute=recompute).function

    assert_differentiable_twice(ours, *layer.inputs(), fast=True)


def broadcast_otherwise(inputs: Sequence[Input]) -> Iterator[tuple[Input, ...]]:
    """Give each dimension of each tensor a size of 1, or drop the tensor's first dimension."""
    for place, each in enumerate(inputs):
        if not isinstance(each, Tensor):
            continue
        narrow = [each.narrow(dim, 0, 1) for dim in range(each.dim())]
        for changed in (*narrow, each[0]):
            yield (*inputs[:place], changed, *inputs[place + 1 :])


def runs(forward, inputs):
    try:
        forward(*inputs)
    except (RuntimeError, ValueError, IndexError):
        return False
    return True


def takes(ours, inputs):
    """Whether the shapes are taken; a ValueError is how they are refused."""
    try:
        ours(*inputs)
    except ValueError:
        return False
    return True
