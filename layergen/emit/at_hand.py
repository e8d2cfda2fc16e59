"""What a printed line may name: values computed before it, and the sizes read off them."""

from collections.abc import Mapping, Sequence

from layergen.emit.names import Names
from layergen.emit.numbers import NumberPrinter, factors
from layergen.ir.graph import (
    Arithmetic,
    Graph,
    Kind,
    Node,
    Number,
    Scalar,
    Size,
    counted,
)

__all__ = ["AtHand"]


class AtHand:
    """The names at hand while one function's body is printed.

    Args:
        graph: what is printed.
        names: hands out names that clash with nothing.
        known: the values at hand before the first line, by their names.
        from_end: whether dimensions are always counted from the last one.
    """

    def __init__(
        self,
        graph: Graph,
        names: Names,
        known: Mapping[int, str],
        *,
        from_end: bool = False,
    ) -> None:
        self.graph = graph
        self.names = names
        self.known = dict(known)
        self.from_end = from_end
        self.hidden: set[int] = set()  # known behind a condition alone
        self.used_scalars: set[str] = set()
        self.missing_shapes: dict[int, str] = {}
        self.numbers = NumberPrinter(
            self.size, self.scalar, self.count, self.whole, self.tensor
        )

    def visible(self) -> list[tuple[int, str]]:
        """List the values at hand whatever gradients are wanted."""
        return [each for each in self.known.items() if each[0] not in self.hidden]

    def place(self, dim: int, rank: int) -> int:
        """Count from the end where it is the last dimension, or the last but one of many."""
        return counted(dim, rank, from_end=self.from_end)

    def size(self, size: Size | Arithmetic) -> str:
        """Name a dimension that has a size, x.shape[-1]; "" for a computed one that none has."""
        for index, name in self.visible():
            shape = self.graph[index].shape
            if size in shape:
                return f"{name}.shape[{self.place(shape.index(size), len(shape))}]"
        if isinstance(size, Arithmetic):
            return ""
        for node in self.graph.nodes:
            if node.kind is Kind.ARGUMENT and size in node.shape:
                dim = self.place(node.shape.index(size), len(node.shape))
                return f"{self.missing(node)}[{dim}]"
        raise AssertionError(f"no tensor has the size {size.symbol}")

    def missing(self, node: Node) -> str:
        """Name the shape of an argument that was not kept."""
        self.missing_shapes[node.index] = f"{node.hint}_shape"
        return f"ctx.{node.hint}_shape"

    def scalar(self, scalar: Scalar) -> str:
        """Name a number that the user passed."""
        self.used_scalars.add(scalar.name)
        return scalar.name

    def count(self, sizes: Sequence[Number]) -> str:
        """Name a tensor that has so many elements: x.numel()."""
        for index, name in self.visible():
            shape = self.graph[index].shape
            flat = [each for size in shape for each in factors(size) if each != 1]
            if len(flat) > 1 and sorted(map(str, flat)) == sorted(map(str, sizes)):
                return f"{name}.numel()"
        return ""

    def whole(self, shape: Sequence[Number]) -> str:
        """Name a shape by a tensor that has it."""
        for index, name in self.visible():
            if self.graph[index].shape == shape:
                return f"{name}.shape"
        for node in self.graph.nodes:
            if node.kind is Kind.ARGUMENT and node.shape == shape:
                return self.missing(node)
        return self.numbers.sequence(shape)

    def shape(self, of: int) -> str:
        """Name a whole shape."""
        if of in self.known and of not in self.hidden:
            return f"{self.known[of]}.shape"
        node = self.graph[of]
        if node.kind is Kind.ARGUMENT:
            return self.missing(node)
        return self.whole(node.shape)

    def tensor(self) -> str:
        """Name any floating tensor at hand, for its dtype and device."""
        floating = [
            name
            for index, name in self.visible()
            if self.graph[index].dtype == "float64"
        ]
        assert floating, "a body without a floating tensor"
        return floating[0]
