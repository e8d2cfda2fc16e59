"""Where the gradient comes from: what goes with it, and what it is if nobody said."""

from collections.abc import Collection

from layergen.errors import BadRequest
from layergen.spec.model import Backward, Form, Forward, Kind, Recompute
from layergen.spec.request import Request

__all__ = ["OF_AN_OP", "check_function", "default", "recompute"]

# Of an op whose forward the user wrote; without one, templates/op/default.toml says it.
OF_AN_OP = Backward.DERIVED


def default(kinds: Collection[Kind]) -> Backward:
    """Choose where the gradient comes from if nobody said."""
    return OF_AN_OP if Kind.OP in kinds else Backward.AUTOGRAD


def recompute(request: Request, backward: Backward) -> Recompute:
    """Read what backward computes again; only a derived one chooses.

    Raises:
        BadRequest: --recompute is given, and the backward is not derived.
    """
    if request.recompute is None:
        return Recompute.CHEAP
    if backward is not Backward.DERIVED:
        raise BadRequest(
            f"--recompute {request.recompute} belongs to a derived backward, "
            f"and this one is {backward}",
            instead="Write --backward derived, or leave --recompute out.",
        )
    return request.recompute


def check_function(backward: Backward, forward: Forward) -> None:
    """Refuse a Function for a method: an autograd.Function has no self."""
    if forward.form is Form.METHOD:
        raise BadRequest(
            f"--backward {backward} wants a function of tensors, and the forward takes self",
            instead="Leave the option out, or write the part with a backward of its own "
            "as an op.",
        )
