"""What autograd keeps from forward to backward, and its size by the names of dimensions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import Any

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from layergen.ir.cost import Term
from layergen.spec import shapes
from layergen.spec.inputs import Example
from layergen.spec.matching import sizes_of
from layergen.spec.model import Argument

__all__ = ["Run", "kept_bytes", "kept_terms"]

LEAD = "lead"  # the product of the dimensions that '...' stands for


@dataclass(frozen=True, slots=True)
class Run:
    """One example: the function of its tensors, and the tensors."""

    example: Example
    function: Callable[..., Any]
    inputs: Sequence[Any]


def kept_bytes(run: Run) -> int:
    """Measure how much is kept, inputs among it."""
    return sum(nbytes(each) for each in kept_tensors(run))


def kept_tensors(run: Run) -> list[Tensor]:
    """Run the forward, and gather one tensor for each storage that is kept."""
    found: dict[int, Tensor] = {}

    def pack(tensor: Tensor) -> Tensor:
        # the widest view of a storage tells its shape best
        before = found.setdefault(place(tensor), tensor)
        if tensor.numel() > before.numel():
            found[place(tensor)] = tensor
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        run.function(*run.inputs)
    return list(found.values())


def place(tensor: Tensor) -> int:
    """Tell storages apart."""
    return tensor.untyped_storage().data_ptr()


def nbytes(tensor: Tensor) -> int:
    """Count the bytes of a tensor's storage."""
    return tensor.untyped_storage().nbytes()


def kept_terms(arguments: Sequence[Argument], runs: Sequence[Run]) -> tuple[Term, ...]:
    """Say what is kept as a sum of products of sizes, where one sum fits every run.

    Args:
        arguments: the tensors among the arguments.
        runs: examples of the same function, the first of them all different in their sizes.
    """
    first, *others = runs
    found: dict[tuple[str, ...], int] = {}
    for tensor in kept_tensors(first):
        factors = factors_of(tensor, arguments, first)
        if factors is None:
            return ()
        found[factors] = found.get(factors, 0) + tensor.element_size()
    terms = [Term(size, factors) for factors, size in found.items()]
    terms.sort(key=lambda each: (-total([each], arguments, first), each.factors))
    if all(total(terms, arguments, each) == kept_bytes(each) for each in others):
        return tuple(terms)
    return ()


def factors_of(
    tensor: Tensor, arguments: Sequence[Argument], run: Run
) -> tuple[str, ...] | None:
    """Name the number of elements in a tensor's storage; None where no name fits."""
    pairs = list(zip(arguments, run.inputs, strict=True))
    given = [(each, value) for each, value in pairs if isinstance(value, Tensor)]
    for argument, value in given:
        if place(value) == place(tensor):
            return factors_of_argument(argument)
    if nbytes(tensor) != tensor.numel() * tensor.element_size():
        return None
    for argument, value in given:
        if value.shape == tensor.shape and "..." in argument.shape.dims:
            return factors_of_argument(argument)
    sizes, lead = sizes_of(arguments, run.example)
    found: list[str] = []
    shape = tuple(tensor.shape)
    if lead and shape[: len(lead)] == lead:
        found, shape = [LEAD], shape[len(lead) :]
    names = [named(size, sizes) for size in shape if size != 1]
    return None if None in names else (*found, *filter(None, names))


def factors_of_argument(argument: Argument) -> tuple[str, ...]:
    """Name the number of an argument's elements."""
    dims = argument.shape.dims
    return (f"{argument.name}.numel()",) if "..." in dims else dims


def named(size: int, sizes: Mapping[str, int]) -> str | None:
    """Name a size: one dimension, or the product of two; None where that is not clear."""
    names = [name for name, value in sizes.items() if value == size]
    if not names:
        pairs = combinations(sizes, 2)
        names = [f"{a} * {b}" for a, b in pairs if sizes[a] * sizes[b] == size]
    return names[0] if len(names) == 1 else None


def total(terms: Sequence[Term], arguments: Sequence[Argument], run: Run) -> int:
    """Compute a sum at the sizes of a run."""
    sizes, lead = sizes_of(arguments, run.example)
    known = dict(sizes) | {LEAD: prod(lead)}
    for argument, value in zip(arguments, run.inputs, strict=True):
        if isinstance(value, Tensor):
            known[f"{argument.name}.numel()"] = value.numel()
    return sum(each.bytes * product(each.factors, known) for each in terms)


def product(factors: Sequence[str], known: Mapping[str, int]) -> int:
    """Multiply sizes."""
    return prod(
        shapes.size(each.replace(" ", ""), known) if each not in known else known[each]
        for each in factors
    )
