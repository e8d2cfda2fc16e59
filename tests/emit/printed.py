"""Printed derivations by hand, of which a test says only what it looks at."""

from dataclasses import replace

from layergen.emit import printing
from layergen.emit.printed import Printed, Statements
from layergen.ir.graph import Value
from tests.emit.graphs import (
    BACKWARD,
    X,
    Y,
    arguments,
    attribute,
    cotangent,
    function,
    gradients,
    graph,
    operator,
    tensor,
)

BW = {"phase": BACKWARD}

BLANK = {
    "forward": "",
    "saved": (),
    "outputs": ("_",),
    "marked": (),
    "kept": (),
    "ways_back": (),
    "scalars": (),
    "shapes": (),
    "rebuilt": (),
    "backward": (),
    "cotangents": ("grad_out",),
    "gradients": (0,),
    "formulas": (),
}


def printed(**fields):
    """Say what was printed; the rest is blank."""
    return Printed(**(BLANK | fields))


def backward(*blocks, **fields):
    """Print a backward of blocks such as ((0, 1), "a = x * y")."""
    statements = tuple(Statements(owners, tuple(lines)) for owners, *lines in blocks)
    positions = tuple(sorted({at for owners, *_ in blocks for at in owners}))
    return printed(backward=statements, gradients=positions, **fields)


def sine_of_product(**fields):
    """Derive sin(x @ w) by hand, keeping x @ w."""
    made = graph(
        tensor("x"),
        tensor("w"),
        operator("matmul", X, Y, hint="p", **fields),
        function("torch.sin", Value(2)),
        cotangent(),
        function("torch.cos", Value(2), **BW),
        operator("mul", Value(4), Value(5), hint="grad_p", **BW),
        attribute("mT", Y, **BW),
        operator("matmul", Value(6), Value(7), hint="grad_x", **BW),
        attribute("mT", X, **BW),
        operator("matmul", Value(9), Value(6), hint="grad_w", **BW),
    )
    found = {"x": 8, "w": 10}
    return gradients(made, [3], found, kept=(2,), saved=(0, 1, 2))


def texts(derived, names=None, reserved=()):
    return printing.printed(
        "SineFunction", names or arguments(*derived.names), derived, reserved
    )


def named(derived, hint, at=2, **fields):
    """Let a node bear another name of the user's."""
    nodes = list(derived.graph.nodes)
    nodes[at] = replace(nodes[at], hint=hint)
    return replace(derived, graph=graph(*nodes), **fields)
