"""What a derived backward costs, in words."""

from textwrap import wrap

from layergen.ir.cost import Cost, Side

__all__ = ["told"]

INDENT = " " * 13  # as wide as the labels of what the command line says next
WIDTH = 88
LEAD = "lead"  # as check.known calls it
GLUE = "\0"  # a blank where no line ends


def told(cost: Cost) -> tuple[str, ...]:
    """Say it in a few lines, ours first and plain autograd's beside it."""
    ours, plain = cost.derived, cost.plain
    shapes = ", ".join(
        f"{name} {shape}".replace(" ", GLUE) for name, shape in cost.shapes
    )
    names = f"{', '.join(ours.names)}: " if ours.names else ""
    lines = ["Backward:    derived from the forward, and compared with autograd's"]
    by_sizes = bool(ours.kept and plain.kept)  # a formula beside a number says little
    first, second = kept(ours, by_sizes), kept(plain, by_sizes)
    lines += beside("Keeps:", f"{names}{first} bytes ({cost.dtype})", second)
    if by_sizes and any(LEAD in term.factors for term in (*ours.kept, *plain.kept)):
        lines.append(f"{INDENT}(lead: the sizes that ... stands for, multiplied)")
    lines += beside("Takes:", milliseconds(ours), milliseconds(plain))
    lines += folded(INDENT, f"(forward and backward, {shapes};")
    lines.append(f"{INDENT} rough: the best of a few runs on this machine)")
    return tuple(lines)


def beside(label: str, ours: str, plain: str) -> list[str]:
    """Put two figures on a line, or each on lines of its own."""
    first, second = f"{label:13}{ours};", f"plain autograd {plain}"
    together = f"{first} {second}".replace(GLUE, " ")
    if len(together) <= WIDTH:
        return [together]
    return [*folded(f"{label:13}", f"{ours};"), *folded(INDENT, second)]


def folded(start: str, text: str) -> list[str]:
    """Fold what is too long for a line, between two terms."""
    lines = wrap(
        start + text,
        WIDTH,
        subsequent_indent=INDENT + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [each.replace(GLUE, " ") for each in lines]


def kept(side: Side, by_sizes: bool) -> str:
    """Spell what is kept: as a function of the sizes, or the number itself."""
    terms = [str(each).replace(" ", GLUE) for each in side.kept]
    return f" +{GLUE}".join(terms) if by_sizes else f"{side.bytes:,}"


def milliseconds(side: Side) -> str:
    """Spell a time, in two digits: more would be noise."""
    return f"{float(f'{side.seconds * 1e3:.2g}'):g} ms"
