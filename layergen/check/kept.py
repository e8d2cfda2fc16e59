"""What autograd keeps from forward to backward, and its size by the names of dimensions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from layergen.check.known import LEAD, Known
from layergen.ir.cost import Term

__all__ = ["Run", "kept_bytes", "kept_terms"]


@dataclass(frozen=True, slots=True)
class Run:
    """A function of tensors, and the tensors, some of which may be None."""

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


def kept_terms(runs: Sequence[tuple[Run, Known]]) -> tuple[Term, ...]:
    """Say what is kept as a sum of products of sizes, where one sum fits every run.

    Args:
        runs: of the same function, the first of them all different in their sizes.
    """
    (first, known), *others = runs
    found: dict[tuple[str, ...], int] = {}
    for tensor in kept_tensors(first):
        factors = factors_of(tensor, first, known)
        if factors is None:
            return ()
        found[factors] = found.get(factors, 0) + tensor.element_size()
    terms = [Term(found[factors], factors) for factors in in_order(found, first, known)]
    if all(total(terms, *each) == kept_bytes(each[0]) for each in others):
        return tuple(terms)
    return ()


def in_order(
    found: Mapping[tuple[str, ...], int], run: Run, known: Known
) -> list[tuple[str, ...]]:
    """Put first what grows fastest; then the arguments, in their own order."""

    def position(factors: tuple[str, ...]) -> tuple[int, int]:
        wholes = known.wholes
        at = wholes.index(factors) if factors in wholes else len(wholes)
        return -known.degree(factors, run.inputs), at

    return sorted(found, key=position)


def factors_of(tensor: Tensor, run: Run, known: Known) -> tuple[str, ...] | None:
    """Name the number of elements in a tensor's storage; None where no name fits."""
    given = [
        (at, each) for at, each in enumerate(run.inputs) if isinstance(each, Tensor)
    ]
    for at, value in given:
        if place(value) == place(tensor):
            return known.wholes[at]
    if nbytes(tensor) != tensor.numel() * tensor.element_size():
        return None
    for at, value in given:
        if value.shape == tensor.shape and known.names_others(at):
            return known.wholes[at]
    sizes, lead = known.sizes
    found: list[str] = []
    shape = tuple(tensor.shape)
    if lead and shape[: len(lead)] == lead:
        found, shape = [LEAD], shape[len(lead) :]
    names = [named(size, sizes) for size in shape if size != 1]
    return None if None in names else (*found, *filter(None, names))


def named(size: int, sizes: Mapping[str, int]) -> str | None:
    """Name a size: one dimension, or the product of two; None where that is not clear."""
    names = [name for name, value in sizes.items() if value == size]
    if not names:
        pairs = combinations(sizes, 2)
        names = [f"{a} * {b}" for a, b in pairs if sizes[a] * sizes[b] == size]
    return names[0] if len(names) == 1 else None


def total(terms: Sequence[Term], run: Run, known: Known) -> int:
    """Compute a sum at the sizes of a run."""
    return sum(each.bytes * known.value(each.factors, run.inputs) for each in terms)
