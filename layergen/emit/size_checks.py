"""Check the conditions on sizes that a derivation holds under."""

from collections.abc import Collection, Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType

from layergen.emit.numbers import NumberPrinter
from layergen.emit.views import CheckView
from layergen.ir.gradients import Condition
from layergen.ir.graph import Arithmetic, Size

__all__ = ["size_check", "stated"]

OTHERWISE: Mapping[str, str] = MappingProxyType(
    {"==": "!=", "!=": "==", "<=": ">", "<": ">=", ">=": "<", ">": "<="}
)

DOC = 80  # characters of a line under `Raises:`


def size_check(
    name: str,
    conditions: Sequence[Condition],
    optional: Collection[str] = (),
) -> CheckView | None:
    """Refuse sizes that break a condition.

    Args:
        name: of the function, for the message.
        conditions: what must hold.
        optional: arguments that may be None.
    """
    if not conditions:
        return None
    asked = [asked_of(each, OTHERWISE[each.op], optional) for each in conditions]
    told = stated(conditions)
    return CheckView(
        " or ".join(dict.fromkeys(asked)),
        f'"{name} has its gradient for {told}"',
        tuple(wrap(f"ValueError: unless {told}.", DOC, subsequent_indent="    ")),
    )


def stated(conditions: Sequence[Condition]) -> str:
    """Say what must hold: "x.shape[1] == 4 and x.shape[0] % 2 == 0"."""
    texts = [compared(each, each.op) for each in conditions]
    return " and ".join(dict.fromkeys(texts))


def asked_of(condition: Condition, op: str, optional: Collection[str]) -> str:
    """Print a comparison; what may be None is asked, and nothing is read off it."""
    text = compared(condition, op)
    own = {place.argument: None for _, place in condition.places}
    there = [f"{each} is not None" for each in own if each in optional]
    return f"({' and '.join([*there, text])})" if there else text


def compared(condition: Condition, op: str) -> str:
    """Print both sides, each size where it can be read."""
    places = dict(condition.places)

    def size_of(size: Size | Arithmetic) -> str:
        if isinstance(size, Arithmetic):
            return ""
        return f"{places[size].argument}.shape[{places[size].index}]"

    numbers = NumberPrinter(size_of, lambda each: each.name, lambda _: "", repr)
    return f"{numbers.text(condition.left)} {op} {numbers.text(condition.right)}"
