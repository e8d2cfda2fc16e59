"""One backward for every setting of a forward's flags."""

from collections.abc import Iterable, Iterator, Sequence

from layergen.emit import words
from layergen.emit.printed import Printed, Statements
from layergen.emit.views import BlockView
from layergen.ir.gradients import Gradients
from layergen.spec.model import Argument, ArgumentType

__all__ = ["merged"]


def merged(
    arguments: Sequence[Argument],
    derived: Sequence[Gradients],
    each: Sequence[Printed],
) -> tuple[tuple[BlockView, ...], list[str]]:
    """Write one backward for all settings; what differs stands behind its own condition.

    Returns:
        The statements, and the flags that their conditions ask.
    """
    full = each[0]
    groups: dict[tuple[Statements, ...], list[int]] = {}
    for at, text in enumerate(each):
        if reduced(full.backward, text.gradients) == reduced(
            text.backward, text.gradients
        ):
            groups.setdefault(full.backward, []).append(at)
        else:
            groups.setdefault(text.backward, []).append(at)
    if len(groups) == 1:
        return tuple(block_views(full.backward, full.gradients, "")), []
    settings = [dict(one.setting) for one in derived]
    flags = telling(settings, list(groups.values()))
    views: list[BlockView] = []
    for statements, members in groups.items():
        asked = question([settings[at] for at in members], flags, arguments)
        views += block_views(statements, each[members[0]].gradients, asked)
    return tuple(views), flags


def reduced(
    statements: Iterable[Statements], wanted: Sequence[int]
) -> list[tuple[tuple[int, ...], list[str]]]:
    """Leave out what only the gradients of absent arguments need."""
    found: dict[tuple[int, ...], list[str]] = {}
    for each in statements:
        owners = tuple(at for at in each.owners if at in wanted)
        if owners:
            found.setdefault(owners, []).extend(each.lines)
    return sorted(found.items())


def telling(
    settings: Sequence[dict[str, object]], groups: Sequence[Sequence[int]]
) -> list[str]:
    """Find the fewest flags that tell the groups apart."""
    names = list(settings[0])
    for name in names:
        values = [{settings[at][name] for at in group} for group in groups]
        if sum(map(len, values)) == len(set[object]().union(*values)):
            return [name]
    return names


def question(
    settings: Sequence[dict[str, object]],
    flags: Sequence[str],
    arguments: Sequence[Argument],
) -> str:
    """Ask for one of some settings."""
    chosen = [each for each in arguments if each.name in flags]
    found = dict.fromkeys(
        " and ".join(asked(flag, each[flag.name]) for flag in chosen)
        for each in settings
    )
    return " or ".join(found)


def asked(flag: Argument, value: object) -> str:
    """Ask for one value of a flag; of a tensor, whether it is there."""
    if flag.type is ArgumentType.OPTIONAL_TENSOR:
        return f"{flag.name} is {'not None' if value else 'None'}"
    if isinstance(value, bool):
        return flag.name if value else f"not {flag.name}"
    told = words.quoted(value) if isinstance(value, str) else repr(value)
    return f"{flag.name} == {told}"


def block_views(
    statements: Iterable[Statements], everybody: Sequence[int], asked_first: str
) -> Iterator[BlockView]:
    """Put each group of statements behind the question who wants it."""
    for each in statements:
        wanted = "" if set(each.owners) == set(everybody) else wants(each.owners)
        yield BlockView(both(asked_first, wanted), each.lines)


def wants(owners: Sequence[int]) -> str:
    """Ask whether any of some gradients is wanted."""
    return " or ".join(f"ctx.needs_input_grad[{at}]" for at in owners)


def both(one: str, other: str) -> str:
    """Ask two questions at once."""
    parts = [
        f"({each})" if " or " in each and one and other else each
        for each in (one, other)
        if each
    ]
    return " and ".join(parts)
