"""Check the conditions on sizes that a derivation holds under."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    ranks: Mapping[str, int] = MappingProxyType({}),
) -> CheckView | None:
    """Refuse sizes that break a condition, and tensors that lack a dimension of one.

    Args:
        name: of the function, for the message.
        conditions: what must hold.
        optional: arguments that may be None.
        ranks: of arguments that may have any number of dimensions, how many they have at least.
    """
    if not conditions:
        return None
    asked = [*lacking(conditions, optional, ranks)]
    asked += [asked_of(each, OTHERWISE[each.op], optional) for each in conditions]
    told = stated(conditions)
    return CheckView(
        " or ".join(dict.fromkeys(asked)),
        f'"{name} has its gradient for {told}"',
        tuple(wrap(f"ValueError: unless {told}.", DOC, subsequent_indent="    ")),
    )


def lacking(
    conditions: Sequence[Condition], optional: Collection[str], ranks: Mapping[str, int]
) -> Iterator[str]:
    """Ask for the dimensions that conditions read from the end."""
    needed: dict[str, int] = {}
    for _, place in (pair for each in conditions for pair in each.places):
        needed[place.argument] = max(needed.get(place.argument, 0), -place.index)
    for argument, rank in needed.items():
        if rank > ranks.get(argument, rank):
            text = f"{argument}.dim() < {rank}"
            is_optional = argument in optional
            yield f"({argument} is not None and {text})" if is_optional else text


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
