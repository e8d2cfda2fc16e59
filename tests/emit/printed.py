"""Printed derivations by hand, of which a test says only what it looks at."""

from layergen.emit.printing import Printed, Statements

BLANK = {
    "forward": "",
    "saved": (),
    "outputs": ("_",),
    "marked": (),
    "kept": (),
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
