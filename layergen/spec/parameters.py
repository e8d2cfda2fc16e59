"""Parameters and buffers, from the texts of their names, initial values and shapes."""

import ast

from layergen.spec import inits, shapes
from layergen.spec.excerpt import Excerpt
from layergen.spec.model import Init, Parameter, Shape

__all__ = ["constant_text", "is_number", "parameter"]

# Least and most dimensions that an initial value works on; torch 2.13, torch/nn/init.py.
RANKS = {
    "eye": (2, 2),
    "dirac": (3, 5),
    "orthogonal": (2, None),
    "kaiming_uniform": (2, None),
    "kaiming_normal": (2, None),
    "xavier_uniform": (2, None),
    "xavier_normal": (2, None),
}


def parameter(
    name: str, init: Excerpt, shape: Excerpt | None, optional: bool
) -> Parameter:
    """Read a parameter; without a shape it is a scalar.

    Raises:
        BadRequest: The initial value or the shape is none, or they don't fit each other.
    """
    value = inits.parse(init)
    found = Shape(()) if shape is None else shapes.parse(shape)
    where = init if shape is None else shape
    if shapes.ELLIPSIS in found.dims:
        raise where.wrong(
            f"the shape of {name!r} leaves its dimensions open",
            instead="Name each dimension of a parameter or buffer.",
        )
    check_rank(name, value, len(found.dims), where)
    return Parameter(name, value, found, optional)


def check_rank(name: str, init: Init, rank: int, where: Excerpt) -> None:
    """Refuse an initial value that does not work on so many dimensions."""
    least, most = RANKS.get(init.function, (0, None))
    if rank >= least and (most is None or rank <= most):
        return
    wanted = str(least) if least == most else f"{least} or more"
    if most is not None and least != most:
        wanted = f"{least} to {most}"
    raise where.wrong(
        f"{init.function} works on {wanted} dimensions, and {name!r} has {rank}",
        instead=f"Give its shape, {name}={init.function}:rows,columns, or another initial value.",
    )


def constant_text(parameter: Parameter) -> str | None:
    """Tell the number that a scalar begins with, as source; None where it is no number."""
    init = parameter.init
    if parameter.shape.dims or parameter.optional or init.function != "constant":
        return None
    number = init.arguments[0]
    return number if is_number(number) else None


def is_number(text: str) -> bool:
    """Whether a text is a number's."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return type(value) in (int, float)
