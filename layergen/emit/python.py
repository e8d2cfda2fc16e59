"""Print operations as Python: expressions and assignments, nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from layergen.emit.names import Names
from layergen.emit.numbers import UNARY, NumberPrinter, factors
from layergen.ir.graph import (
    Arithmetic,
    DeviceOf,
    DtypeOf,
    Graph,
    Kind,
    Listed,
    Named,
    Node,
    Number,
    Range,
    Scalar,
    ShapeOf,
    Size,
    Syntax,
    Value,
)

__all__ = ["Scope"]

TRAILER = 18  # what a dot, a call or an index may follow
SYMBOLS: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "add": ("+", 12),
        "sub": ("-", 12),
        "mul": ("*", 13),
        "div": ("/", 13),
        "matmul": ("@", 13),
        "pow": ("**", 15),
        "bitwise_and": ("&", 11),
        "bitwise_xor": ("^", 10),
        "bitwise_or": ("|", 9),
        "gt": (">", 8),
        "lt": ("<", 8),
        "ge": (">=", 8),
        "le": ("<=", 8),
        "eq": ("==", 8),
        "ne": ("!=", 8),
    }
)
PREFIXES: Mapping[str, str] = MappingProxyType({"neg": "-", "bitwise_not": "~"})
COMPARISON = 8
INLINE = 5  # operations in one expression; more are given a name


class Scope:
    """The names at hand while one function's body is printed.

    Args:
        graph: what is printed.
        names: hands out names that clash with nothing.
        known: the values at hand before the first line, by their names.
        scalars: the numbers at hand, by their own names.
    """

    def __init__(
        self,
        graph: Graph,
        names: Names,
        known: Mapping[int, str],
        scalars: Iterable[str],
    ) -> None:
        self.graph = graph
        self.names = names
        self.known = dict(known)
        self.scalars = set(scalars)
        self.used_scalars: set[str] = set()
        self.missing_shapes: dict[int, str] = {}
        self.numbers = NumberPrinter(self.size, self.scalar, self.count)

    # What is at hand.

    def size(self, size: Size | Arithmetic) -> str:
        """Name a dimension that has a size, x.shape[-1]; "" for a computed one that none has."""
        for index, name in self.known.items():
            shape = self.graph[index].shape
            if size in shape:
                return f"{name}.shape[{at(shape.index(size), len(shape))}]"
        if isinstance(size, Arithmetic):
            return ""
        for node in self.graph.nodes:
            if node.kind is Kind.ARGUMENT and size in node.shape:
                place = node.shape.index(size)
                return f"{self.missing(node)}[{at(place, len(node.shape))}]"
        raise AssertionError(f"no tensor has the size {size.symbol}")

    def missing(self, node: Node) -> str:
        """Name the shape of an argument that was not kept."""
        self.missing_shapes[node.index] = f"{node.hint}_shape"
        return f"ctx.{node.hint}_shape"

    def scalar(self, scalar: Scalar) -> str:
        """Name a number that the user passed."""
        self.used_scalars.add(scalar.name)
        return scalar.name

    def count(self, sizes: tuple[Number, ...]) -> str:
        """Name a tensor that has so many elements: x.numel()."""
        for index, name in self.known.items():
            shape = self.graph[index].shape
            flat = [each for size in shape for each in factors(size) if each != 1]
            if len(flat) > 1 and sorted(map(str, flat)) == sorted(map(str, sizes)):
                return f"{name}.numel()"
        return ""

    def shape(self, of: int) -> str:
        """Name a whole shape."""
        if of in self.known:
            return f"{self.known[of]}.shape"
        node = self.graph[of]
        if node.kind is Kind.ARGUMENT:
            return self.missing(node)
        for index, name in self.known.items():
            if self.graph[index].shape == node.shape:
                return f"{name}.shape"
        return self.sequence(node.shape, "()")

    def tensor(self) -> str:
        """Name any floating tensor at hand, for its dtype and device."""
        floating = [
            name
            for index, name in self.known.items()
            if self.graph[index].dtype == "float64"
        ]
        assert floating, "a body without a floating tensor"
        return floating[0]

    # Expressions.

    def text(self, found: Any, above: int = 0) -> str:
        """Print an argument as an operand of what binds with `above`."""
        match found:
            case Value(node):
                return self.value(node, above)
            case ShapeOf(of):
                return self.shape(of.node)
            case Size() | Scalar() | Arithmetic():
                return self.numbers.text(found, above)
            case bool() | None:
                return repr(found)
            case int() | float():
                return self.numbers.text(found, above)
            case DtypeOf():
                return f"{self.tensor()}.dtype"
            case DeviceOf():
                return f"{self.tensor()}.device"
            case Named(name):
                return name
            case Listed(items):
                return self.sequence(items, "[]")
            case tuple():
                return self.whole_shape(found) or self.sequence(found, "()")
            case Range():
                parts = (found.start, found.stop, found.step)
                return f"slice({', '.join(map(self.text, parts))})"
        return "..." if found is ... else quoted(found)

    def whole_shape(self, sizes: tuple[Any, ...]) -> str:
        """Name the tensor whose shape it is, where there is one."""
        if any(isinstance(each, Size) for each in sizes):
            for index, name in self.known.items():
                if self.graph[index].shape == sizes:
                    return f"{name}.shape"
        return ""

    def sequence(self, items: Sequence[Any], brackets: str) -> str:
        """Print a tuple or a list."""
        inside = ", ".join(map(self.text, items))
        comma = "," if brackets == "()" and len(items) == 1 else ""
        return f"{brackets[0]}{inside}{comma}{brackets[1]}"

    def value(self, index: int, above: int = 0) -> str:
        """Print a value: by its name, or by how it is computed."""
        if index in self.known:
            return self.known[index]
        text, own = self.expression(self.graph[index])
        return f"({text})" if own < above else text

    def expression(self, node: Node) -> tuple[str, int]:
        """Print an operation; say how tightly it binds."""
        if node.kind is Kind.PART:
            whole, place = node.args
            return f"{self.value(whole.node, TRAILER)}[{place}]", TRAILER
        kwargs = {name: each for name, each in node.kwargs if wanted(name, each)}
        if node.op == "_to_copy":
            return (
                f"{self.text(node.args[0], TRAILER)}.to({self.text(kwargs['dtype'])})",
                TRAILER,
            )
        if node.syntax is Syntax.INDEX:
            return self.indexed(node), TRAILER
        if node.syntax is Syntax.ATTRIBUTE:
            return f"{self.text(node.args[0], TRAILER)}.{node.name}", TRAILER
        if node.syntax is Syntax.OPERATOR and not kwargs:
            if len(node.args) == 1:
                sign = PREFIXES[node.op]
                return f"{sign}{self.text(node.args[0], UNARY)}", UNARY
            if node.op in SYMBOLS:
                return self.infix(node)
        if node.syntax is Syntax.METHOD and isinstance(node.args[0], Value):
            receiver = self.text(node.args[0], TRAILER)
            return (
                f"{receiver}.{node.name}({self.call(node.args[1:], kwargs)})",
                TRAILER,
            )
        name = node.name if "." in node.name else f"torch.{node.name}"
        return f"{name}({self.call(node.args, kwargs)})", TRAILER

    def infix(self, node: Node) -> tuple[str, int]:
        """Print an operator between its operands."""
        symbol, own = SYMBOLS[node.op]
        first, second = node.args
        left, right = own, own + 1
        if symbol == "**":
            left, right = own + 1, own
        if own == COMPARISON:
            left = right = own + 1
        after = self.text(second, right)
        if node.op == "add" and after.startswith("-"):
            return f"{self.text(first, left)} - {after[1:]}", own
        return f"{self.text(first, left)} {symbol} {after}", own

    def indexed(self, node: Node) -> str:
        """Print x[..., 1:]."""
        source, index = node.args
        each = index if isinstance(index, tuple) else (index,)
        inside = ", ".join(map(self.at, each))
        if isinstance(index, tuple) and len(each) == 1:
            inside += ","
        return f"{self.text(source, TRAILER)}[{inside or '()'}]"

    def at(self, found: Any) -> str:
        """Print one place of an index; a slice by its colons."""
        if not isinstance(found, Range):
            return self.text(found)
        ends = [found.start, found.stop]
        ends += [] if found.step is None else [found.step]
        return ":".join("" if each is None else self.text(each) for each in ends)

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Print what stands between a call's parentheses."""
        named = [f"{name}={self.text(each)}" for name, each in kwargs.items()]
        return ", ".join([*map(self.text, args), *named])

    # Statements.

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
        named = bool(node.hint) and size > (2 if node.hint.startswith("grad_") else 0)
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


def at(place: int, rank: int) -> int:
    """Count from the end where it is the last dimension, or the last but one of many."""
    from_end = place - rank
    return from_end if from_end == -1 or (from_end == -2 and rank > 2) else place


def wanted(name: str, value: Any) -> bool:
    """Tell whether a keyword says something."""
    return value is not None and name not in ("layout", "pin_memory", "_stacklevel")


def quoted(text: Any) -> str:
    """Print a string with double quotes, as Black does."""
    return f'"{text}"' if isinstance(text, str) and '"' not in text else repr(text)
