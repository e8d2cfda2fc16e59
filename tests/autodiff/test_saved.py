"""A derived backward keeps less than plain autograd."""

import pytest
import torch

from tests.autodiff.saved import saved_bytes
from tests.autodiff.ungated import ungated
from tests.autodiff.zoo import LAYERS

HALVED = 10  # layers of the zoo keep half of plain autograd's bytes, or less


def ratio(layer):
    """Divide what is kept by what plain autograd keeps, to two digits: 0.50 is half."""
    ours = ungated(layer.forward, layer.inputs()).function
    inputs = layer.inputs(layer.large, torch.float32)
    return round(saved_bytes(ours, inputs) / saved_bytes(layer.forward, inputs), 2)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_keeps_no_more_than_autograd(layer):
    assert ratio(layer) <= 1


def test_keeps_half_or_less_of_many():
    assert sum(ratio(layer) <= 0.5 for layer in LAYERS) >= HALVED


def test_counts_a_storage_once():
    x = torch.randn(4, dtype=torch.float64)

    assert saved_bytes(lambda x: x * x, [x]) == x.nbytes
    assert saved_bytes(lambda x: x * x.sigmoid(), [x]) == 2 * x.nbytes
