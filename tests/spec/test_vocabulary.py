"""Every word of the vocabulary is one that torch and Python have."""

import math

import pytest
import torch
from torch.nn import functional

from layergen.spec import reserved, vocabulary

MODULES = {
    "F": functional,
    "math": math,
    "torch": torch,
    "torch.fft": torch.fft,
    "torch.linalg": torch.linalg,
    "torch.special": torch.special,
}


def unknown(names, module):
    return sorted(name for name in names if not callable(getattr(module, name, None)))


@pytest.mark.parametrize("prefix", vocabulary.FUNCTIONS)
def test_a_bare_function_is_where_its_prefix_says(prefix):
    assert unknown(vocabulary.FUNCTIONS[prefix], MODULES[prefix.rstrip(".")]) == []


@pytest.mark.parametrize("name", vocabulary.NAMESPACES)
def test_a_full_name_exists(name):
    assert unknown(vocabulary.NAMESPACES[name], MODULES[name]) == []


def test_a_method_can_be_called():
    assert unknown(vocabulary.METHODS, torch.Tensor) == []


@pytest.mark.parametrize("name", vocabulary.CONSTANTS)
def test_a_constant_exists(name):
    for constant in vocabulary.CONSTANTS[name]:
        assert hasattr(MODULES[name], constant)


def test_a_bare_name_has_one_meaning():
    functional, general = vocabulary.FUNCTIONS.values()

    assert functional & general == frozenset()


def test_nothing_works_in_place():
    words = [vocabulary.METHODS, *vocabulary.NAMESPACES.values()]

    assert [name for each in words for name in each if name.endswith("_")] == []


def test_every_public_member_of_a_module_is_reserved():
    public = {name for name in dir(torch.nn.Module()) if not name.startswith("_")}

    assert public <= reserved.MODULE_MEMBERS
