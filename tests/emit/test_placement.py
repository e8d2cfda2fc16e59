"""device and dtype handed on to submodules."""

import inspect

import pytest
from torch import nn

from layergen.emit.placement import TAKE_DEVICE_AND_DTYPE, placed

BLOCKS = frozenset({"ConvBlock"})


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("nn.Linear(3, 5)", "nn.Linear(3, 5, **factory_kwargs)"),
        ("nn.Linear(3, 5,)", "nn.Linear(3, 5,**factory_kwargs)"),
        ("nn.ReLU()", "nn.ReLU()"),
        ("ConvBlock()", "ConvBlock(**factory_kwargs)"),
        ("Other(3)", "Other(3)"),
        ("nn.Linear(3, 5, dtype=torch.float64)",) * 2,
        (
            "nn.Sequential(\n    nn.Linear(3, 5), nn.Linear(5, f(2))\n)",
            "nn.Sequential(\n    nn.Linear(3, 5, **factory_kwargs), "
            "nn.Linear(5, f(2), **factory_kwargs)\n)",
        ),
        (
            "nn.ModuleList(ConvBlock(i) for i in range(3))",
            "nn.ModuleList(ConvBlock(i, **factory_kwargs) for i in range(3))",
        ),
    ],
)
def test_places(given, wanted):
    assert placed(given, BLOCKS) == wanted


@pytest.mark.parametrize("name", sorted(TAKE_DEVICE_AND_DTYPE))
def test_the_table_names_classes_that_take_them(name):
    parameters = inspect.signature(getattr(nn, name)).parameters

    assert "device" in parameters or "kwargs" in parameters


def test_the_table_leaves_no_class_out():
    taking = {
        name
        for name, found in vars(nn).items()
        if inspect.isclass(found)
        and issubclass(found, nn.Module)
        and "device" in inspect.signature(found).parameters
        and not name.endswith(("Base", "Loss"))
    }

    assert taking <= TAKE_DEVICE_AND_DTYPE
