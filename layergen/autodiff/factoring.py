"""Write a gradient's sums and products with fewer operations on whole tensors.

g * s + g * x * t          ->  g * (s + x * t)
g * t * 0.5 * d            ->  g * t * (0.5 * d)      where d is a number, too
g * (d * 0.5) + g * d / 2  ->  g * d
-(m * x)                   ->  -m * x                 where m is smaller than x
where(c, m, 0) / d         ->  where(c, m / d, 0)
g * x * s, beside g * s    ->  g * s * x
g * x / (2 * d) * 2        ->  g * x / d
g * -0.5 * x * 2 + y       ->  y - g * x
g * x * 2 / s              ->  2 * g * x / s          where s, a number, may be 0
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from layergen.autodiff.merging import flattened, in_order, merged
from layergen.autodiff.products import (
    Product,
    Sum,
    coefficient,
    folded,
    fraction,
    is_literal,
    is_number,
    is_one,
    positive,
)
from layergen.autodiff.reading import Reader
from layergen.autodiff.relocation import pruned, relocated
from layergen.ir.graph import Graph, Kind, Node, Number, Phase, Syntax, Value

__all__ = ["factored"]

ROUNDS = 8  # what one round brings together, the next one may factor again
Shape = tuple[Number, ...]


class Unwieldy(Exception):
    """A form that can't be written."""


def factored(graph: Graph, roots: Iterable[int]) -> tuple[Graph, dict[int, int]]:
    """Factor what backward computes, as long as that saves operations.

    Args:
        graph: forward and backward.
        roots: nodes that somebody asks for.

    Returns:
        The graph, and where each node went that is still there.
    """
    roots = list(roots)
    places = {node.index: node.index for node in graph.nodes}
    for _ in range(ROUNDS):
        writer = Writer(graph, [places[each] for each in roots])
        writer.rewrite()
        now = {each: writer.places[at] for each, at in places.items()}
        graph, moved = pruned(writer.nodes, [now[each] for each in roots])
        places = {each: moved[at] for each, at in now.items() if at in moved}
        if not writer.changed:
            break
    return graph, places


class Writer:
    """One round: each node as it is, or in a form of fewer operations."""

    def __init__(self, graph: Graph, roots: Iterable[int]) -> None:
        self.graph = graph
        self.reader = Reader(graph, list(roots))
        self.nodes: list[Node] = []
        self.places: dict[int, int] = {}  # of the graph's nodes, among the new ones
        self.known: dict[Any, int] = {}
        self.changed = False
        self.cost = 0  # operations on whole tensors, of what is being written
        self.count = 0  # all of its operations

    def rewrite(self) -> None:
        """Write every node."""
        for node in self.graph.nodes:
            found = self.shorter(node)
            if found is None:
                found = self.put(relocated(node, self.places))
            self.places[node.index] = found

    def shorter(self, node: Node) -> int | None:
        """Write a sum or product with fewer operations on whole tensors, where that can be."""
        if node.phase is Phase.FORWARD or not self.reader.is_arithmetic(node):
            return None
        if self.reader.is_small(node):
            return None  # as its rule has it, which is what a reader knows
        start, self.cost, self.count = len(self.nodes), 0, 0
        try:
            terms = merged(self.reader.terms(node.index))
            found = self.sum([positive(each) for each in terms], node)
        except Unwieldy:
            found = None
        if found is None or not self.is_better(found, node):
            self.forget(start)
            return None
        self.changed = True
        if found >= start:
            self.nodes[found] = replace(
                self.nodes[found], hint=node.hint, gradient_of=node.gradient_of
            )
        return found

    def is_better(self, found: int, node: Node) -> bool:
        """Compare what was written with what was there."""
        same = self.nodes[found].shape == node.shape
        before = list(self.taken_apart(node))
        shapes = [each.shape for each in before]
        costs = shapes.count(node.shape), len(shapes)
        own = self.cost, self.count
        return same and (own < costs or (own == costs and self.reader.is_late(before)))

    def taken_apart(self, node: Node) -> Iterator[Node]:
        """List a node and those that are taken apart with it."""
        yield node
        for each in self.reader.opened(node):
            yield from self.taken_apart(self.graph[each])

    def forget(self, start: int) -> None:
        """Take back what was written since."""
        del self.nodes[start:]
        self.known = {key: at for key, at in self.known.items() if at < start}

    def put(self, node: Node) -> int:
        """Write a node; the same one once."""
        key = (node.op, node.name, node.args, node.kwargs, node.shape, node.dtype)
        once = node.kind is Kind.CALL and node.phase is Phase.BACKWARD
        if once and not node.random and key in self.known:
            return self.known[key]
        self.nodes.append(replace(node, index=len(self.nodes)))
        self.known[key] = len(self.nodes) - 1
        return len(self.nodes) - 1

    def operator(self, op: str, of: Node, *args: Any) -> int:
        """Write an operation on tensors and numbers."""
        tensors = [each.node for each in args if isinstance(each, Value)]
        shape = broadcast([self.nodes[each].shape for each in tensors])
        self.cost += shape == of.shape
        self.count += 1
        return self.put(
            Node(
                len(self.nodes),
                Kind.CALL,
                op,
                op,
                Syntax.OPERATOR,
                args,
                shape=shape,
                dtype=of.dtype,
                phase=Phase.BACKWARD,
                line=of.line,
            )
        )

    def sum(self, terms: Sequence[Product], of: Node) -> int:
        """Write a sum."""
        first, *others = in_order(flattened(terms))
        found: Any = self.summand(first, of)
        for each in others:
            op = "sub" if each.negative else "add"
            other = self.summand(replace(each, negative=False), of)
            found = Value(self.operator(op, of, found, other))
        if not isinstance(found, Value):
            raise Unwieldy
        return found.node

    def summand(self, term: Product, of: Node) -> Any:
        """Write one term of a sum, be it a number."""
        return coefficient(term) if term.is_number else Value(self.term(term, of))

    def term(self, found: Product, of: Node) -> int:
        """Write a product; the numbers where they cost least."""
        if not found.over:
            raise Unwieldy
        over = self.paired(found.over)
        factors = [
            self.sum(each.terms, of) if isinstance(each, Sum) else self.place(each)
            for each in over
        ]
        under = [self.place(each) for each in found.under]
        shape = broadcast([self.nodes[each].shape for each in (*factors, *under)])
        quick = self.quickest(over, factors, shape)
        first = bool(found.times) and is_literal(fraction(found)[0])
        if quick is not None:
            factors[quick] = self.within(factors[quick], found, of)
        elif first:
            factors[0] = self.weighted(factors[0], found, of)  # 2 * g * x
        result, *others = factors
        for each in others:
            result = self.operator("mul", of, Value(result), Value(each))
        if quick is None:
            result = result if first else self.weighted(result, found, of)
            result = self.divided(result, found, of)
        for each in under:
            result = self.operator("div", of, Value(result), Value(each))
        return result

    def place(self, index: int) -> int:
        """Find where a factor was written; a node that is its own only factor was not yet."""
        if index not in self.places:
            raise Unwieldy
        return self.places[index]

    def paired(self, over: Sequence[int | Sum]) -> Sequence[int | Sum]:
        """Begin with two factors whose product somebody else needs."""
        for at, one in enumerate(over) if len(over) > 2 else ():
            for other in over[at + 1 :]:
                if frozenset((one, other)) in self.reader.pairs:
                    rest = list(over)
                    rest.remove(one)
                    rest.remove(other)
                    self.cost -= 1
                    self.count -= 1
                    return (one, other, *rest)
        return over

    def quickest(
        self, over: Sequence[int | Sum], factors: Sequence[int], shape: Shape
    ) -> int | None:
        """Find the factor that is multiplied by numbers more quickly than the product is."""
        for at, each in enumerate(factors):
            if self.nodes[each].shape != shape:
                return at
        for at, own in enumerate(over):
            alone = not isinstance(own, Sum) and self.reader.uses[own] == 1
            if alone and self.chooses(self.nodes[factors[at]]):
                return at
        return None

    def chooses(self, node: Node) -> bool:
        """Tell whether a node is something small, or nothing: where(mask, m, 0)."""
        if node.op != "where" or node.kwargs or node.phase is Phase.FORWARD:
            return False
        return all(map(self.is_small_or_zero, node.args[1:], [node, node]))

    def is_small_or_zero(self, branch: Any, node: Node) -> bool:
        """Tell whether a branch of torch.where is smaller than the whole."""
        if not isinstance(branch, Value):
            return is_number(branch) and branch == 0
        own = self.nodes[branch.node]
        return own.shape != node.shape and own.dtype == node.dtype

    def within(self, at: int, number: Product, of: Node) -> int:
        """Multiply a factor by a product's numbers, inside of torch.where if that is what it is."""
        node = self.nodes[at]
        if not self.chooses(node) or not has_numbers(number):
            return self.scaled(at, number, of)
        condition, *branches = node.args
        own = [
            Value(self.scaled(each.node, number, of)) if isinstance(each, Value) else 0
            for each in branches
        ]
        return self.put(replace(node, args=(condition, *own), hint="", gradient_of=""))

    def scaled(self, at: int, number: Product, of: Node) -> int:
        """Multiply by a product's sign and numbers: 2 * x, -0.5 * x, -x / 3, 2 * x / s."""
        return self.divided(self.weighted(at, number, of), number, of)

    def weighted(self, at: int, number: Product, of: Node) -> int:
        """Multiply by a product's sign and the numbers over the line."""
        factor, _ = fraction(number)
        if number.negative and (is_one(factor) or not is_literal(factor)):
            at = self.operator("neg", of, Value(at))
        elif number.negative:
            factor = folded("*", -1, factor)
        return at if is_one(factor) else self.operator("mul", of, Value(at), factor)

    def divided(self, at: int, number: Product, of: Node) -> int:
        """Divide by a product's numbers under the line."""
        _, under = fraction(number)
        return at if is_one(under) else self.operator("div", of, Value(at), under)


def has_numbers(found: Product) -> bool:
    """Tell whether a product has a sign, or numbers among its factors."""
    return bool(found.negative or found.times or found.by)


def broadcast(shapes: Sequence[Shape]) -> Shape:
    """Tell the shape that several broadcast to."""
    found: list[Number] = []
    for shape in shapes:
        longer, shorter = sorted((list(shape), found), key=len, reverse=True)
        found = list(longer)
        for at, size in enumerate(reversed(shorter), 1):
            if longer[-at] == 1:
                found[-at] = size
            elif size not in (1, longer[-at]):
                raise Unwieldy
    return tuple(found)
