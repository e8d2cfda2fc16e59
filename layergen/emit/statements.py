"""Print operations as assignments: what is used twice, has a name, or is long."""

from collections.abc import Iterable, Mapping, Sequence

from layergen.emit.python import Expressions
from layergen.ir.graph import Kind, Node, Value

__all__ = ["Scope"]

INLINE = 5  # operations in one expression; more are given a name
GRADIENT = 2  # so many in a gradient that is used once are not worth a line


class Scope(Expressions):
    """One function's body while it is printed."""

    def complexity(self, index: int) -> int:
        """Count the operations of an expression."""
        if index in self.known:
            return 0
        node = self.graph[index]
        return 1 + sum(map(self.complexity, node.operands))

    def statements(
        self, order: Iterable[int], uses: Mapping[int, int], named: Iterable[int] = ()
    ) -> list[str]:
        """Print what is used more than once, has a name, or is long, as assignments.

        Args:
            order: the nodes to compute, in order.
            uses: how often each value is used.
            named: nodes that get a statement of their own whatever they are.
        """
        lines: list[str] = []
        nodes = list(order)
        own = set(named)
        for index in nodes:
            node = self.graph[index]
            if index in self.known:
                continue
            if node.parts:
                lines += self.unpacked(node, nodes)
            elif index in own or self.stands_alone(node, uses.get(index, 0)):
                text, _ = self.expression(node)
                self.known[index] = self.names.of(node)
                lines.append(f"{self.known[index]} = {text}")
        return lines

    def stands_alone(self, node: Node, uses: int) -> bool:
        """Tell whether a value deserves a name."""
        if uses == 0 or node.kind is Kind.PART:
            return uses > 1
        size = self.complexity(node.index)
        named = bool(node.hint) and size > (
            GRADIENT if node.hint.startswith("grad_") else 0
        )
        return uses > 1 or named or size > INLINE

    def unpacked(self, node: Node, order: Sequence[int]) -> list[str]:
        """Print `a, b = x.chunk(2, -1)`, where more than one result is used."""
        parts = {
            self.graph[index].args[1]: index
            for index in order
            if self.graph[index].kind is Kind.PART
            and self.graph[index].args[0] == Value(node.index)
        }
        if len(parts) < 2:
            return []
        text, _ = self.expression(node)
        for index in parts.values():
            self.known[index] = self.names.of(self.graph[index])
        targets = [
            self.known[parts[place]] if place in parts else "_"
            for place in range(node.parts)
        ]
        return [f"{', '.join(targets)} = {text}"]
