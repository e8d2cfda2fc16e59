"""The calls that a rule is tried on: torch's own operator database, and our tables beside it.

A table is `tests/autodiff/rules/calls/<family>.py` with `CALLS`, a literal mapping from a rule's key
to the calls that the database lacks, each made by `call(function, *args, **kwargs)`.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

import torch
from torch import Tensor
from torch.testing._internal.common_methods_invocations import op_db
from torch.utils import _pytree as pytree

MOST_ELEMENTS = 4000  # of one tensor; larger samples only cost time
LOOKED_AT = 80  # samples of a variant; some list hundreds
TRIED = 12  # of those, spread evenly


@dataclass(frozen=True, slots=True)
class Sample:
    """A call.

    Attributes:
        finish: what makes of the output something with one right gradient (an SVD's has many).
    """

    function: Callable[..., Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    finish: Callable[[Any], Any] | None = None

    def run(self) -> Any:
        return self.function(*self.args, **self.kwargs)

    def mapped(self, change: Callable[[Tensor], Tensor]) -> "Sample":
        """Replace each of its tensors."""
        args, kwargs = pytree.tree_map_only(Tensor, change, (self.args, self.kwargs))
        return Sample(self.function, args, kwargs, self.finish)

    def tensors(self) -> list[Tensor]:
        leaves = pytree.tree_leaves((self.args, self.kwargs))
        return [each for each in leaves if isinstance(each, Tensor)]


# The database's own order of arguments, where it is not the function's.
REORDERED: Mapping[str, tuple[Callable[..., Any], Sequence[int]]] = {
    "polygamma": (torch.polygamma, (1, 0)),
    "special.polygamma": (torch.polygamma, (1, 0)),
    "where": (torch.where, (1, 0, 2)),
}


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Sample:
    return Sample(function, args, kwargs)


def real(*shape: int, low: float = -2.0, high: float = 2.0, seed: int = 0) -> Tensor:
    """Draw a leaf of float64 numbers, the same ones on every run."""
    drawn = torch.rand(
        shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)
    )
    return (low + (high - low) * drawn).requires_grad_()


def samples_of(family: str, key: str, *, is_complex: bool = False) -> list[Sample]:
    """Give a rule's calls, those of our own table last."""
    dtypes = [torch.float64] + [torch.complex128] * is_complex
    return [
        sample
        for entry in entries().get(key, ())
        for dtype in dtypes
        if dtype in entry.supported_dtypes("cpu")
        for sample in drawn(entry, dtype)
    ] + list(calls_of(family).get(key, ()))


@cache
def entries() -> Mapping[str, Sequence[Any]]:
    """Index the database by the names that a rule may have."""
    found: dict[str, list[Any]] = {}
    for entry in op_db:
        if entry.supports_autograd:
            names = (entry.name, *(alias.name for alias in entry.aliases))
            for name in {canonical(each) for each in names}:
                found.setdefault(name, []).append(entry)
    return found


def canonical(name: str) -> str:
    if name.startswith("__r") or name == "__rmatmul__":
        return name  # a reflected operator: its operands change places
    return name.removeprefix("nn.functional.").strip("_")


def drawn(entry: Any, dtype: torch.dtype) -> Iterator[Sample]:
    """Spread evenly over the first samples of a variant, without the huge and the sparse."""
    torch.manual_seed(0)
    inputs = entry.sample_inputs("cpu", dtype, requires_grad=True)
    found = [sampled(entry, each) for each in islice(inputs, LOOKED_AT)]
    usable = [each for each in found if is_usable(each)]
    step = max(1, len(usable) / TRIED)
    for place in range(min(TRIED, len(usable))):
        yield usable[int(place * step)]


def sampled(entry: Any, found: Any) -> Sample:
    function, args = entry.op, (found.input, *found.args)
    if entry.name in REORDERED:
        function, order = REORDERED[entry.name]
        args = tuple(args[place] for place in order)
    return Sample(function, args, found.kwargs, found.output_process_fn_grad)


def is_usable(sample: Sample) -> bool:
    tensors = sample.tensors()
    return any(each.requires_grad for each in tensors) and all(
        each.layout is torch.strided and each.numel() <= MOST_ELEMENTS
        for each in tensors
    )


def calls_of(family: str) -> Mapping[str, Sequence[Sample]]:
    name = f"tests.autodiff.rules.calls.{family}"
    if importlib.util.find_spec(name) is None:
        return {}
    return importlib.import_module(name).CALLS
