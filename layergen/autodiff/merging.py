"""Bring together the terms of a sum that have a factor in common."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from layergen.autodiff.products import (
    Product,
    Sum,
    coefficient,
    common,
    named,
    product,
    quotient,
)

__all__ = ["flattened", "in_order", "merged"]


def merged(terms: Sequence[Product]) -> list[Product]:
    """Factor until no two terms share a tensor: g * a + b + g * c -> g * (a + c) + b."""
    found = list(terms)
    for one, first in enumerate(found):
        for other in range(one + 1, len(found)):
            both = together(first, found[other])
            if both is not None:
                rest = [e for at, e in enumerate(found) if at not in (one, other)]
                return merged([*rest[:one], both, *rest[one:]])
    return found


def together(one: Product, other: Product) -> Product | None:
    """Multiply what two terms share by the sum of what they don't; not where that is nothing."""
    part = common(one, other)
    if not part.over:
        return None
    inner = [quotient(one, part), quotient(other, part)]
    if any(each.is_number and named(each.by) for each in inner):
        return None  # g * (x + 1 / s): Python's division, which raises where s is 0
    if all(each.negative for each in inner):
        part = replace(part, negative=not part.negative)
        inner = [replace(each, negative=False) for each in inner]
    if all(each.is_number for each in inner):
        total = added(*map(signed, inner))
        if total is not None:
            return product(part, Product(times=(total,))) if total else None
    return product(part, Product(over=(Sum(tuple(inner)),)))


def added(one: Any, other: Any) -> float | None:
    """Add two numbers, where both are known while we derive."""
    literal = isinstance(one, int | float) and isinstance(other, int | float)
    return one + other if literal else None


def signed(number: Product) -> Any:
    """Take the value of a product of numbers."""
    found = coefficient(number)
    if not number.negative:
        return found
    return -found if isinstance(found, int | float) else None


def flattened(terms: Sequence[Product]) -> list[Product]:
    """Let the terms of a sum within a sum be its own."""
    found = []
    for each in terms:
        inner = each.over[0] if len(each.over) == 1 else None
        if isinstance(inner, Sum) and each == Product(each.over):
            found += flattened(inner.terms)
        else:
            found.append(each)
    return found


def in_order(terms: Sequence[Product]) -> list[Product]:
    """Begin with what is added, numbers behind tensors: x + 1, 1 - x, x - y."""
    added = [each for each in terms if not each.negative]
    added.sort(key=lambda each: each.is_number)
    return added + [each for each in terms if each.negative]
