"""Products as data: what a gradient multiplies, divides by and negates.

g * x * 0.5 / n  ->  Product(over=(g, x), times=(0.5,), by=(n,))
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from layergen.ir.graph import Arithmetic, Graph, Kind, Node, Number, Phase, Value

__all__ = [
    "Product",
    "Reader",
    "Sum",
    "coefficient",
    "common",
    "is_number",
    "is_one",
    "multiplied",
    "product",
    "quotient",
]

PRODUCTS = frozenset({"mul", "div", "neg"})
ELEMENTARY = frozenset({"add", "sub"}) | PRODUCTS
DIGITS = 8  # a folded literal of more characters is harder to read than its factors


@dataclass(frozen=True, slots=True)
class Sum:
    """A factor that is a sum itself."""

    terms: tuple["Product", ...]


@dataclass(frozen=True, slots=True)
class Product:
    """A product.

    Attributes:
        over: the factors: nodes, and sums of products.
        under: the nodes it is divided by.
        times: the numbers among the factors.
        by: the numbers it is divided by.
    """

    over: tuple[int | Sum, ...] = ()
    under: tuple[int, ...] = ()
    times: tuple[Number, ...] = ()
    by: tuple[Number, ...] = ()
    negative: bool = False

    @property
    def is_number(self) -> bool:
        """Whether there is no tensor in it."""
        return not self.over and not self.under


def product(one: Product, other: Product) -> Product:
    """Multiply."""
    return Product(
        one.over + other.over,
        one.under + other.under,
        one.times + other.times,
        one.by + other.by,
        one.negative != other.negative,
    )


def common(one: Product, other: Product) -> Product:
    """Take the factors that two products share; numbers only along with a tensor."""
    over = shared(one.over, other.over)
    if not over:
        return Product()
    return Product(
        over,
        shared(one.under, other.under),
        shared(one.times, other.times),
        shared(one.by, other.by),
    )


def quotient(one: Product, part: Product) -> Product:
    """Leave some of its factors out of a product."""
    return Product(
        without(one.over, part.over),
        without(one.under, part.under),
        without(one.times, part.times),
        without(one.by, part.by),
        one.negative,
    )


def shared(one: Iterable[Any], other: Iterable[Any]) -> tuple[Any, ...]:
    """Intersect, as often as both have it, in the order of the first."""
    left = list(other)
    found = []
    for each in one:
        if each in left:
            left.remove(each)
            found.append(each)
    return tuple(found)


def without(one: Iterable[Any], part: Iterable[Any]) -> tuple[Any, ...]:
    """Leave out as often as it is there."""
    found = list(one)
    for each in part:
        found.remove(each)
    return tuple(found)


def coefficient(found: Product) -> Number:
    """Multiply the numbers of a product, its sign apart: 0.5 * scale / n."""
    over = multiplied(found.times)
    if not found.by:
        return over
    under = multiplied(found.by)
    return folded("/", over, under)


def multiplied(numbers: Iterable[Number]) -> Number:
    """Multiply numbers."""
    result: Number = 1
    for each in numbers:
        result = each if is_one(result) else folded("*", result, each)
    return result


def folded(op: str, one: Number, other: Number) -> Number:
    """Compute with literals where that is as easily read; others stay as they are written."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        result = one * other if op == "*" else one / other
        if len(repr(result)) <= DIGITS:
            return result
    return Arithmetic(op, (one, other))


def is_one(number: Number) -> bool:
    """Tell whether a number is the literal 1."""
    return isinstance(number, int | float) and number == 1


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
            if self.opens(each) and (not of_product or self.graph[each].op in PRODUCTS):
                yield each

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
        """Divide; x * y / y is x."""
        if not isinstance(by, Value):
            return replace(found, by=(*found.by, by))
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
    """Tell whether a node multiplies a tensor by a number."""
    numbers = [each for each in node.args if not isinstance(each, Value)]
    return node.op in ("mul", "div") and node.args[1:] == tuple(numbers)


def negated(found: Product) -> Product:
    """Change the sign."""
    return replace(found, negative=not found.negative)


def is_number(found: Any) -> bool:
    """Tell whether an argument is a number."""
    return isinstance(found, Number) and not isinstance(found, bool)
