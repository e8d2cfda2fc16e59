"""What a derived backward costs, in words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layergen.ir.cost import Cost, Side

__all__ = ["told"]

INDENT = " " * 13  # as wide as the labels of what follows
WIDTH = 88
LEAD = "lead"  # as check.kept calls it


def told(cost: "Cost") -> tuple[str, ...]:
    """Say it in a few lines, ours first and plain autograd's beside it."""
    ours, plain = cost.derived, cost.plain
    shapes = ", ".join(f"{name} {shape}" for name, shape in cost.shapes)
    lines = ["Backward:    derived from the forward, and compared with autograd's"]
    lines += beside("Keeps:", f"{kept(ours)} bytes ({cost.dtype})", kept(plain))
    if any(LEAD in term.factors for side in (ours, plain) for term in side.kept):
        lines.append(f"{INDENT}(lead: the sizes that ... stands for, multiplied)")
    lines += beside("Takes:", milliseconds(ours), milliseconds(plain))
    lines.append(f"{INDENT}(forward and backward, {shapes};")
    lines.append(f"{INDENT} rough: a few runs on this machine)")
    return tuple(lines)


def beside(label: str, ours: str, plain: str) -> list[str]:
    """Put two figures on a line, or on two."""
    first, second = f"{label:13}{ours};", f"plain autograd {plain}"
    line = f"{first} {second}"
    return [line] if len(line) <= WIDTH else [first, INDENT + second]


def kept(side: "Side") -> str:
    """Spell what is kept: as a function of the sizes, or the number itself."""
    return " + ".join(map(str, side.kept)) or f"{side.bytes:,}"


def milliseconds(side: "Side") -> str:
    """Spell a time, in two digits: more would be noise."""
    return f"{float(f'{side.seconds * 1e3:.2g}'):g} ms"
