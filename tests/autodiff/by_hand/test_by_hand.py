"""The yardstick is right itself."""

from importlib import import_module

import pytest

from tests.autodiff.agreement import (
    assert_differentiable_twice,
    assert_same_gradients,
    assert_same_gradients_alone,
    assert_same_under_vmap,
    assert_same_values,
)
from tests.autodiff.zoo import LAYERS, OTHER_SIZES

WRITTEN = (
    "attention",
    "conv_bn_relu",
    "cross_entropy",
    "layer_norm",
    "lstm_cell",
    "swish",
)


@pytest.fixture(params=WRITTEN)
def layer(request):
    [found] = [each for each in LAYERS if each.name == request.param]
    return found


@pytest.fixture
def by_hand(layer):
    return getattr(import_module(f"tests.autodiff.by_hand.{layer.name}"), layer.name)


def test_has_the_forward_s_values(by_hand, layer):
    assert_same_values(by_hand, layer.forward, *layer.inputs())


def test_has_autograd_s_gradients_at_other_sizes(by_hand, layer):
    assert_same_gradients(by_hand, layer.forward, *layer.inputs(OTHER_SIZES))


def test_both_derivatives_are_right(by_hand, layer):
    assert_differentiable_twice(by_hand, *layer.inputs())


def test_vmap_of_grad(by_hand, layer):
    assert_same_under_vmap(by_hand, layer.forward, *layer.inputs())


def test_each_gradient_alone_is_the_same(by_hand, layer):
    assert_same_gradients_alone(by_hand, layer.forward, *layer.inputs())
