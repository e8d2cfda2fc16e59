"""The table names every family; a family that is left out would be a rule that never runs."""

import pkgutil
from importlib import import_module

import pytest

from layergen.autodiff import rules
from layergen.autodiff.rules import table

FAMILIES = [each.name for each in pkgutil.iter_modules(rules.__path__)]


@pytest.mark.parametrize("name", ["RULES", "DEFINITIONS", "UNFOLDED", "COMPLEX"])
@pytest.mark.parametrize("family", [each for each in FAMILIES if each != "table"])
def test_nothing_of_a_family_is_left_out(family, name):
    module = import_module(f"{rules.__name__}.{family}")

    assert set(getattr(module, name, ())) <= set(getattr(table, name))


def test_elementwise_are_the_families_that_say_so():
    modules = [import_module(f"{rules.__name__}.{each}") for each in FAMILIES]
    said = [
        each.RULES for each in modules if getattr(each, "ELEMENTWISE", None) is True
    ]

    assert frozenset().union(*said) == table.ELEMENTWISE
