"""Functions of f, as the template is told of them."""

from dataclasses import replace

from layergen.emit.derived_view import derived_view
from layergen.ir.graph import Scalar, Value
from layergen.spec.model import Form, Forward
from tests.emit.graphs import (
    X,
    arguments,
    cotangent,
    gradients,
    graph,
    operator,
    tensor,
)
from tests.emit.printed import BW, sine_of_product

NOBODY_S = Forward(
    name="f",
    form=Form.FUNCTION,
    text="",
    imports=(),
    preamble="",
    signature=(),
    body="",
    expression=None,
    summary="",
    outputs=1,
    example_inputs=False,
    source="",
    first_line=0,
)


def view(*derived, body="", declared=None, stated="f"):
    """Describe a Function of f."""
    forward = replace(NOBODY_S, body=body)
    declared = declared or arguments(*derived[0].names)
    return derived_view("FFunction", declared, forward, derived, stated)


def nothing_kept():
    """Derive sin(x @ w), computing x @ w again."""
    return replace(sine_of_product(), kept=(), saved=(0, 1))


ALPHA = Scalar("alpha")


def scaled(factor=ALPHA, saved=(), **fields):
    """Derive x * alpha by x."""
    made = graph(
        tensor("x"),
        operator("mul", X, factor),
        cotangent(),
        operator("mul", Value(2), factor, **BW),
    )
    names = fields.pop("names", ("x", "alpha"))
    return gradients(made, [1], {"x": 3}, names=names, saved=saved, **fields)


G = Value(2)
SCALED = arguments("x", alpha="float")
