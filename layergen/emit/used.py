"""What goes from forward to backward on `ctx`, at any setting of the flags."""

from collections.abc import Sequence

from layergen.emit.printed import Printed
from layergen.spec.model import Argument

__all__ = ["Used"]


class Used:
    """Names that backward uses.

    Args:
        arguments: of the forward.
        each: what was printed for each setting.
        flags: arguments that the conditions between settings ask.

    Attributes:
        saved: tensors: arguments in their order, then the rest.
        scalars: numbers and flags.
        shapes: arguments whose shapes a setting uses, and not their values.
    """

    def __init__(
        self,
        arguments: Sequence[Argument],
        each: Sequence[Printed],
        flags: Sequence[str],
    ) -> None:
        names = [argument.name for argument in arguments]
        tensors = [one.name for one in arguments if one.type.is_tensor]
        saved = {one for text in each for one in text.saved} | set(flags)
        rest = [one for text in each for one in text.saved if one not in names]
        scalars = {one for text in each for one in text.scalars} | set(flags)
        shapes = {one for text in each for one in text.shapes}
        self.saved = (
            *(one for one in tensors if one in saved),
            *dict.fromkeys(rest),
        )
        self.scalars = tuple(
            one for one in names if one in scalars and one not in tensors
        )
        self.shapes = tuple(one for one in names if one in shapes)
