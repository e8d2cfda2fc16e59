"""State each gradient as mathematics, for the docstring: the code's statements without its guards."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import wrap
from types import MappingProxyType
from typing import Any

from layergen.emit.names import Names
from layergen.emit.schedule import computed, use_counts
from layergen.emit.statements import Scope
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Graph, Kind, Node, Phase, Syntax

__all__ = ["formulas"]

WIDTH = 80  # of a line of the docstring, its indentation apart
NARROWEST = 30  # columns that a formula needs
MOST_LINES = 24  # a longer derivation is told by the code alone
# Functions that mathematics writes around their operand, not behind it.
FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "sum": "sum",
        "mean": "mean",
        "amax": "max",
        "amin": "min",
        "exp": "exp",
        "log": "log",
        "sqrt": "sqrt",
        "abs": "abs",
        "square": "square",
        "sum_to_size": "sum",
    }
)
SAME_NUMBERS = ("reshape", "expand", "contiguous", "type_as")  # laid out otherwise
MODULES = re.compile(r"\b(torch\.nn\.grad|torch|math|F)\.")


class Mathematics(Scope):
    """Print as a formula, which nobody runs."""

    def stands_alone(self, node: Node, uses: int) -> bool:
        """Give no name to what only lies otherwise in memory."""
        return node.op not in SAME_NUMBERS and super().stands_alone(node, uses)

    def operand(self, index: int) -> tuple[str, int]:
        """Print a value, and say how tightly its text binds."""
        known = self.known.get(index)
        return (known, ATOM) if known else self.expression(self.graph[index])

    def expression(self, node: Node) -> tuple[str, int]:
        """Print `sum(x, -1)` for x.sum(-1, keepdim=True), and x^T for x.mT."""
        if node.op in ("mT", "t", "T"):
            return f"{self.text(node.args[0], TIGHT)}^T", TIGHT
        if node.op in SAME_NUMBERS:
            return self.operand(node.args[0].node)
        if node.op in FUNCTIONS and node.syntax is Syntax.METHOD:
            dims = [
                each
                for each in (*node.args[1:], dict(node.kwargs).get("dim"))
                if isinstance(each, int | tuple) and not isinstance(each, bool)
            ]
            if node.op == "sum_to_size":
                dims = []
            inside = ", ".join(map(self.text, [node.args[0], *dims[:1]]))
            return f"{FUNCTIONS[node.op]}({inside})", ATOM
        return super().expression(node)


TIGHT, ATOM = 18, 20


def lettered(gradients: Gradients, taken: Names) -> list[str]:
    """Call the incoming gradient g, and several g_0, g_1."""
    count = len(gradients.cotangents)
    return [taken.fresh(f"g_{at}" if count > 1 else "g") for at in range(count)]


def formulas(
    graph: Graph,
    gradients: Gradients,
    names: Sequence[str],
    called: Mapping[int, str] = MappingProxyType({}),
    given: Mapping[int, str] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Write the lines, those with a name before those that use it; none where they are many.

    Args:
        graph: forward and backward.
        gradients: what was derived.
        names: of the forward's arguments.
        called: what backward calls some values, which are named here, too.
        given: what the code calls values, where they are named here.
    """
    known = {index: graph[index].hint for index in gradients.arguments}
    known |= own_names(graph, names)
    taken = Names((*known.values(), *names, *(f"grad_{each}" for each in names)))
    taken.follow(given)
    for index, name in called.items():
        taken.keep(index, name)
    letters = lettered(gradients, taken)
    seeds = zip(gradients.cotangents, letters, strict=True)
    known |= {index: letter for index, letter in seeds if index is not None}
    scope = Mathematics(graph, taken, known, from_end=gradients.any_lead)
    roots = [each for each in gradients.gradients if each is not None]
    order = computed(graph, roots, known)
    uses = use_counts(graph, order, roots)
    shared = {at for at in called if uses[at] > 1}
    own = [at for at in order if at in shared or at not in roots]
    lines = scope.statements(own, uses)
    for name, root in zip(names, gradients.gradients, strict=True):
        if root is not None:
            text = known.get(root) or scope.known.get(root)
            lines.append(f"grad_{name} = {text or scope.expression(graph[root])[0]}")
    return tuple(laid_out(list(map(written, lines)), letters))


def own_names(graph: Graph, arguments: Sequence[str]) -> dict[int, str]:
    """Name the forward's values that have a name of the user's to themselves."""
    hints = {
        node.index: node.hint
        for node in graph.nodes
        if node.phase is Phase.FORWARD and node.kind is not Kind.ARGUMENT and node.hint
    }
    counts = Counter((*hints.values(), *arguments))
    return {
        index: hint
        for index, hint in hints.items()
        if counts[hint] == 1 and not graph[index].parts
    }


def written(line: str) -> str:
    """Write as mathematics does: x^2, and no module's name."""
    return MODULES.sub("", line).replace("**", "^")


def laid_out(lines: Sequence[str], letters: Sequence[str]) -> list[str]:
    """Align the lines under a sentence."""
    width = max(len(line.partition(" = ")[0]) for line in lines)
    found: list[Any] = []
    for line in lines:
        name, _, text = line.partition(" = ")
        if WIDTH - width - 7 < NARROWEST:  # behind names so long no formula fits
            found += [
                f"    {name} =",
                *(f"        {each}" for each in wrap(text, WIDTH - 8)),
            ]
            continue
        first, *rest = wrap(text, WIDTH - width - 7, break_long_words=False)
        found.append(f"    {name.ljust(width)} = {first}")
        found += [" " * (width + 7) + each for each in rest]
    if len(found) > MOST_LINES:
        return []
    if len(letters) == 1:
        return [f"With {letters[0]} the incoming gradient:", "", *found]
    return [f"With {', '.join(letters[:2])} ... the incoming gradients:", "", *found]
