"""Name the stable function for what overflows or divides by zero when it is written out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from torch import Tensor
from torch.overrides import TorchFunctionMode

__all__ = ["AT_LARGE", "AT_ZERO", "stable_function"]

Chain: TypeAlias = tuple[str, ...]

# Operations that feed each other, by the function that is the same and stays finite.
AT_LARGE: Mapping[Chain, str] = {
    ("exp", "add", "log"): "torch.nn.functional.softplus",
    ("exp", "log1p"): "torch.nn.functional.softplus",
    ("sigmoid", "log"): "torch.nn.functional.logsigmoid",
    ("softmax", "log"): "torch.nn.functional.log_softmax",
    ("exp", "sum", "log"): "torch.logsumexp",
    ("exp", "sum", "div"): "torch.softmax",
    ("exp", "sub", "div"): "torch.tanh",
    ("exp", "add", "div"): "torch.sigmoid",
    ("exp", "add", "reciprocal"): "torch.sigmoid",
}
AT_ZERO: Mapping[Chain, str] = {
    ("square", "sum", "sqrt"): "torch.linalg.vector_norm",
    ("pow", "sum", "sqrt"): "torch.linalg.vector_norm",
    ("mul", "sum", "sqrt"): "torch.linalg.vector_norm",
    ("square", "sqrt"): "torch.abs",
    ("pow", "sqrt"): "torch.abs",
    ("log", "mul"): "torch.xlogy",
    ("norm", "div"): "torch.nn.functional.normalize",
}
LONGEST = 3
# What only moves numbers around does not break a chain.
MOVES = {"unsqueeze", "squeeze", "reshape", "view", "expand", "transpose", "permute"}
REFLECTED = {"truediv": "div", "rtruediv": "div", "rdiv": "div", "true_divide": "div"}
REFLECTED |= {f"r{name}": name for name in ("add", "sub", "mul", "pow")}


class Chains(TorchFunctionMode):
    """Follow each tensor back through the operations that made it."""

    def __init__(self) -> None:
        super().__init__()
        self.behind: dict[int, set[Chain]] = {}
        self.kept: list[Any] = []  # alive, so that no id is given out twice

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run an operation, and note what fed it."""
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor):
            fed = [each for each in args if isinstance(each, Tensor)]
            before = {()}.union(*(self.behind.get(id(each), ()) for each in fed))
            self.behind[id(result)] = grown(before, plain_name(func))
            self.kept.append(result)
        return result


def grown(before: set[Chain], name: str) -> set[Chain]:
    """Lengthen the chains by an operation."""
    if name in MOVES:
        return before
    return {(*chain, name)[-LONGEST:] for chain in before}


def plain_name(func: Any) -> str:
    """Spell an operation one way: `1 + x`, `x.add(1)` and `torch.add(x, 1)` are all "add"."""
    name = str(getattr(func, "__name__", func)).strip("_")
    return REFLECTED.get(name, name)


def stable_function(
    plain: Callable[..., Any], args: Sequence[Any], table: Mapping[Chain, str]
) -> str:
    """Find the stable function that a forward writes out, or ""."""
    with Chains() as seen:
        plain(*args)
    found = {chain for chains in seen.behind.values() for chain in chains}
    endings = {chain[-size:] for chain in found for size in (2, 3)}
    return next((name for chain, name in table.items() if chain in endings), "")
