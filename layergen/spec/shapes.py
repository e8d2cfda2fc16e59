"""Shapes as users write them: `batch,heads*head_dim`, or blank-separated as jaxtyping has it."""

import re
from collections.abc import Mapping
from keyword import iskeyword
from math import prod

from layergen.spec.excerpt import Excerpt
from layergen.spec.model import Shape

__all__ = ["ELLIPSIS", "parse", "size", "spelled", "symbols"]

ELLIPSIS = "..."
GRAMMAR = "A dimension is a name, a number from 1 or a product of these: batch,2*half"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
NUMBER = re.compile(r"[1-9][0-9]*")


def parse(text: Excerpt | str) -> Shape:
    """Read a shape.

    `batch, heads * head_dim` -> `("batch", "heads*head_dim")`; an empty text is a scalar.

    Raises:
        BadRequest: It is no shape; the column of the faulty dimension is told.
    """
    excerpt = Excerpt.of("shape", text) if isinstance(text, str) else text
    if not excerpt.text.strip():
        return Shape(())
    parts = split(excerpt)
    dims = tuple(dimension(part) for part in parts)
    repeated = [part for part, dim in zip(parts, dims, strict=True) if dim == ELLIPSIS]
    if len(repeated) > 1:
        raise repeated[1].wrong(
            "'...' stands twice in one shape", instead="It can stand once in a shape."
        )
    return Shape(dims)


def split(excerpt: Excerpt) -> tuple[Excerpt, ...]:
    """Take the dimensions apart, at commas if there are any, else at blanks."""
    if "," in excerpt.text:
        return excerpt.split(",")
    words = re.finditer(r"\S+(?:\s+\*\s+\S+)*", excerpt.text)
    return tuple(excerpt.cut(*word.span()) for word in words)


def dimension(part: Excerpt) -> str:
    """Check one dimension, and spell it without blanks."""
    if part.text == ELLIPSIS:
        return ELLIPSIS
    factors = part.split("*")
    if part.text.startswith("*") and NAME.fullmatch(factors[-1].text):
        raise part.wrong(
            f"{part.text!r} is no dimension",
            instead="Any number of dimensions is written '...'.",
        )
    for factor in factors:
        check_factor(factor, part)
    return "*".join(factor.text for factor in factors)


def check_factor(factor: Excerpt, part: Excerpt) -> None:
    """Refuse what is neither a name nor a number from 1."""
    if iskeyword(factor.text):
        raise factor.wrong(
            f"{factor.text!r} is a word of Python's own, and can't name a dimension",
            instead="Give the dimension another name.",
        )
    if not NAME.fullmatch(factor.text) and not NUMBER.fullmatch(factor.text):
        raise factor.wrong(f"{part.text!r} is no dimension", instead=GRAMMAR + ".")


def spelled(shape: Shape) -> str:
    """Write a shape as `parse` reads it."""
    return ",".join(shape.dims)


def symbols(shape: Shape) -> tuple[str, ...]:
    """List the names of a shape's dimensions, each once, in order of appearance."""
    names = (name for dim in shape.dims for name in NAME.findall(dim))
    return tuple(dict.fromkeys(names))


def size(dim: str, sizes: Mapping[str, int]) -> int:
    """Compute the size of one dimension: `2*half` with half 3 -> 6."""
    factors = dim.split("*")
    return prod(
        int(factor) if factor.isdigit() else sizes[factor] for factor in factors
    )
