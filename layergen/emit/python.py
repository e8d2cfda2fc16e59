"""Print operations as Python expressions."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from layergen.emit import words
from layergen.emit.at_hand import AtHand
from layergen.emit.numbers import UNARY
from layergen.ir.graph import (
    Arithmetic,
    DeviceOf,
    DtypeOf,
    Limit,
    Listed,
    Named,
    Node,
    Phase,
    Range,
    Scalar,
    ShapeOf,
    Size,
    SizeAt,
    Syntax,
    Value,
)

__all__ = ["Expressions"]

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


class Expressions(AtHand):
    """Print what is not at hand by how it is computed."""

    def text(self, found: Any, above: int = 0) -> str:
        """Print an argument as an operand of what binds with `above`."""
        match found:
            case Value(node):
                return self.value(node, above)
            case ShapeOf(of):
                return self.shape(of.node)
            case Size() | Scalar() | Arithmetic() | SizeAt() | Limit():
                return self.numbers.text(found, above)
            case bool() | None:
                return repr(found)
            case int() | float():
                return self.numbers.text(found, above)
            case DtypeOf(is_complex):
                own = f"{self.tensor()}.dtype"
                return f"{own}.to_complex()" if is_complex else own
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
        return "..." if found is ... else words.quoted(found)

    def whole_shape(self, sizes: tuple[Any, ...]) -> str:
        """Name the tensor whose shape it is, where there is one."""
        if any(isinstance(each, Size) for each in sizes):
            for index, name in self.visible():
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
        kwargs = {name: each for name, each in node.kwargs if name not in UNSAID}
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
                f"{receiver}.{node.name}({self.call(one_by_one(node), kwargs)})",
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
        if node.op == "mul" and node.phase is Phase.BACKWARD:
            first, second = self.number_first(first, second)
        after = self.text(second, right)
        rounds = "//" in after or "%" in after  # -n // 2 is not -(n // 2)
        if node.op == "add" and after.startswith("-") and not rounds:
            return f"{self.text(first, left)} - {after[1:]}", own
        return f"{self.text(first, left)} {symbol} {after}", own

    def number_first(self, first: Any, second: Any) -> tuple[Any, Any]:
        """Order factors: 2 * x; but x * y * 2 and -x * 2, which are computed so."""
        factor = SYMBOLS["mul"][1]
        before, after = self.text(first, factor), self.text(first, factor + 1)
        stays = isinstance(second, Value) or before != after or before.startswith("-")
        return (first, second) if stays else (second, first)

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


def one_by_one(node: Node) -> Sequence[Any]:
    """Take a method's arguments; x.permute(2, 0, 1) needs no second pair of parentheses."""
    args = node.args[1:]
    if node.op in SEVERAL and len(args) == 1 and isinstance(args[0], tuple):
        return args[0] or args
    return args


SEVERAL = frozenset(["expand", "flip", "permute", "repeat", "reshape", "tile"])

UNSAID = frozenset(["layout", "pin_memory", "_stacklevel"])
