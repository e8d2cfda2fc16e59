"""Names for computed values: the user's own where there are some, and never a clash."""

import builtins
import keyword
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from layergen.ir.graph import Node

__all__ = ["Names", "cotangent_names"]

RESERVED = frozenset({"torch", "F", "math", "nn", "ctx", "Tensor", "Function", "Any"})
RESERVED_ALSO = frozenset({"FunctionCtx", "inputs", "output", "self", "cls"})
# What to call a value that nobody named, by the operation that gives it.
NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "abs": "magnitude",
        "add": "total",
        "amax": "largest",
        "amin": "smallest",
        "bmm": "product",
        "clamp": "clamped",
        "conv1d": "features",
        "conv2d": "features",
        "conv3d": "features",
        "div": "ratio",
        "einsum": "product",
        "eq": "is_equal",
        "exp": "exponential",
        "ge": "is_above",
        "getitem": "part",
        "gt": "is_above",
        "le": "is_below",
        "linear": "projected",
        "log": "logarithm",
        "lt": "is_below",
        "masked_fill": "masked",
        "matmul": "product",
        "max": "largest",
        "mean": "mean",
        "min": "smallest",
        "mT": "transposed",
        "mul": "product",
        "ne": "differs",
        "neg": "negated",
        "part": "part",
        "permute": "permuted",
        "pow": "power",
        "reciprocal": "inverse",
        "reshape": "reshaped",
        "rsqrt": "inverse_root",
        "sqrt": "root",
        "square": "squared",
        "sub": "difference",
        "sum": "total",
        "T": "transposed",
        "t": "transposed",
        "transpose": "transposed",
        "unsqueeze": "expanded",
        "var": "variance",
        "where": "chosen",
    }
)


SHORT = 8  # letters of a name that another is made of


def noun(op: str) -> str:
    """Name what an operation gives."""
    return NOUNS.get(op, op.rpartition(".")[2].strip("_"))


class Names:
    """Hand out names.

    Args:
        taken: names that are not to be handed out.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = {*taken, *RESERVED, *RESERVED_ALSO}
        self.given: dict[int, str] = {}

    def of(self, node: Node) -> str:
        """Name a node's value; the same name each time."""
        if node.index not in self.given:
            self.given[node.index] = self.fresh(node.hint or self.described(node))
        return self.given[node.index]

    def keep(self, index: int, name: str) -> None:
        """Let a value bear the name that the user's text has for it, where nothing else does."""
        self.given[index] = self.fresh(name)

    def follow(self, given: Mapping[int, str]) -> None:
        """Call values as another text calls them, and nothing else so."""
        self.given |= given
        self.taken |= set(given.values())

    def described(self, node: Node) -> str:
        """Describe a value that nobody named: grad_product, sigmoid_f, product."""
        if node.gradient_of:
            return f"grad_{noun(node.gradient_of)}"
        of = [self.given.get(each, "") for each in node.operands]
        if len(of) == 1 and of[0] and len(of[0]) <= SHORT and node.op not in NOUNS:
            return f"{noun(node.op)}_{of[0]}"
        return noun(node.op)

    def fresh(self, name: str) -> str:
        """Make a name that is not taken."""
        if keyword.iskeyword(name) or hasattr(builtins, name):
            name = f"{name}_"
        made, count = name, 1
        while made in self.taken:
            count += 1
            made = f"{name}_{count}"
        self.taken.add(made)
        return made


def cotangent_names(count: int, arguments: Iterable[str]) -> list[str]:
    """Name the incoming gradients of so many outputs, as nothing else in backward is named."""
    taken = [name for each in arguments for name in (each, f"grad_{each}")]
    own = ["grad_out"] if count == 1 else [f"grad_out_{at}" for at in range(count)]
    return list(map(Names(taken).fresh, own))
