"""Read a graph's elementwise arithmetic as sums of products."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from layergen.autodiff.products import (
    Product,
    Sum,
    is_literal,
    is_number,
    named,
    negated,
    product,
    without,
)
from layergen.ir.graph import Graph, Kind, Node, Phase, Value

__all__ = ["Reader"]

PRODUCTS = frozenset({"mul", "div", "neg"})
ELEMENTARY = frozenset({"add", "sub"}) | PRODUCTS


class Reader:
    """Read a graph's elementwise arithmetic as sums of products.

    Args:
        graph: forward and backward.
        roots: nodes that somebody asks for, whatever the others take.
    """

    def __init__(self, graph: Graph, roots: Iterable[int]) -> None:
        self.graph = graph
        self.roots = frozenset(roots)
        self.uses = Counter(roots)
        self.used_by_backward: Counter[int] = Counter()
        for node in graph.nodes:
            self.uses.update(node.operands)
            if node.phase is Phase.BACKWARD:
                self.used_by_backward.update(node.operands)
        self.whole = {
            node.shape
            for node in graph.nodes
            if node.kind in (Kind.ARGUMENT, Kind.COTANGENT)
        }
        self.pairs = frozenset(self.own_pairs())

    def own_pairs(self) -> Iterator[frozenset[int]]:
        """List what is multiplied by each other, and by nothing else."""
        inside = {
            each
            for node in self.graph.nodes
            if node.op in PRODUCTS
            for each in self.opened(node)
        }
        for node in self.graph.nodes:
            own = node.phase is Phase.BACKWARD and node.op == "mul"
            if own and node.index not in inside and self.is_arithmetic(node):
                found = self.product(node.index)
                if len(found.over) == 2 and found == Product(found.over):
                    yield frozenset(found.over)  # type: ignore[arg-type] # no sums yet

    def is_arithmetic(self, node: Node) -> bool:
        """Tell whether a node adds or multiplies tensors of its own dtype and numbers."""
        if node.op not in ELEMENTARY or node.kind is not Kind.CALL or node.kwargs:
            return False
        return all(
            (
                self.graph[each.node].dtype == node.dtype
                if isinstance(each, Value)
                else is_number(each)
            )
            for each in node.args
        )

    def opens(self, index: int) -> bool:
        """Tell whether a value is computed for one other alone, which may take it apart."""
        node = self.graph[index]
        if not self.is_arithmetic(node) or (node.hint and self.is_small(node)):
            return False
        if node.phase is Phase.BACKWARD:
            return self.uses[index] == 1
        alone = self.used_by_backward[index] == 1 and index not in self.roots
        return alone and scales(node) and not node.constant

    def is_small(self, node: Node) -> bool:
        """Tell whether operations on a value cost little: it has no argument's shape."""
        return node.shape not in self.whole

    def opened(self, node: Node) -> Iterator[int]:
        """List the operands that are taken apart along with a sum or a product."""
        of_product = node.op in PRODUCTS
        for each in node.operands:
            if node.op == "div" and Value(each) != node.args[0]:
                if self.opens_under(each):
                    yield each
            elif self.opens(each) and (
                not of_product or self.graph[each].op in PRODUCTS
            ):
                yield each

    def is_late(self, nodes: Sequence[Node]) -> bool:
        """Tell whether literals stand behind what they could begin: g / s * 2."""
        divisors = [each.args[1] for each in nodes if each.op == "div"]
        if not named([each for each in divisors if is_number(each)]):
            return False
        return any(
            each.op == "mul"
            and any(is_number(one) and is_literal(one) for one in each.args)
            and any(True for _ in self.opened(each))
            for each in nodes
        )

    def opens_under(self, index: int) -> bool:
        """Tell whether what is divided by is taken apart: a tensor times a number alone."""
        return self.opens(index) and scales(self.graph[index])

    def terms(self, index: int, opened: bool = True) -> tuple[Product, ...]:
        """Take a sum apart."""
        node = self.graph[index]
        if not opened or node.op not in ("add", "sub"):
            return (self.product(index, opened),)
        first, second = map(self.summand, node.args)
        if node.op == "sub":
            second = tuple(negated(each) for each in second)
        return first + second

    def summand(self, found: Any) -> tuple[Product, ...]:
        """Take one side of a sum apart."""
        if not isinstance(found, Value):
            return (Product(times=(found,)),)
        return self.terms(found.node, self.opens(found.node))

    def product(self, index: int, opened: bool = True) -> Product:
        """Take a product apart."""
        node = self.graph[index]
        if opened and node.op == "neg":
            return negated(self.factor(node.args[0]))
        if opened and node.op == "mul":
            return product(*map(self.factor, node.args))
        if opened and node.op == "div" and isinstance(node.args[0], Value):
            return self.divided(self.factor(node.args[0]), node.args[1])
        return Product(over=(index,))

    def factor(self, found: Any) -> Product:
        """Take a factor apart."""
        if isinstance(found, Value):
            return self.product(found.node, self.opens(found.node))
        return Product(times=(found,))

    def divided(self, found: Product, by: Any) -> Product:
        """Divide; x * y / y is x, and x / (2 * y) is x / 2 / y."""
        if not isinstance(by, Value):
            return replace(found, by=(*found.by, by))
        if self.opens_under(by.node):
            return self.divided(*inverse(self.graph[by.node], found))
        if by.node in found.over:
            return replace(found, over=without(found.over, (by.node,)))
        for at, each in enumerate(found.over):
            rest = self.cofactor(each, by.node)
            if rest is not None:
                return replace(
                    found, over=(*found.over[:at], rest, *found.over[at + 1 :])
                )
        return replace(found, under=(*found.under, by.node))

    def cofactor(self, each: int | Sum, part: int) -> int | None:
        """Find what a product of backward's multiplies one of its factors with."""
        if isinstance(each, Sum):
            return None
        node = self.graph[each]
        if node.op != "mul" or node.phase is Phase.FORWARD:
            return None
        if not self.is_arithmetic(node) or Value(part) not in node.args:
            return None
        (rest,) = without(node.args, (Value(part),))
        return rest.node if isinstance(rest, Value) else None


def scales(node: Node) -> bool:
    """Tell whether a node multiplies a tensor by a number, or divides it by one."""
    numbers = [each for each in node.args if not isinstance(each, Value)]
    return node.op in ("mul", "div") and node.args[1:] == tuple(numbers)


def inverse(node: Node, found: Product) -> tuple[Product, Value]:
    """Divide by the number of a scaled tensor; what is left to divide by is the tensor."""
    tensor, number = node.args
    if node.op == "div":
        return replace(found, times=(*found.times, number)), tensor
    return replace(found, by=(*found.by, number)), tensor
