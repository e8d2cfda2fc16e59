"""Variants of the operator database, and the calls by which each is judged."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.testing._internal import common_methods_invocations as database
from torch.testing._internal.opinfo.core import OpInfo, SampleInput
from torch.utils import _pytree as pytree

from tests.autodiff.op_database.sample import Sample

LOOKED_AT = (
    6  # samples taken from the database; of these, the first with elements are kept
)
KEPT = 3
ELEMENTS = 4000  # a sample with more is left out, for time


def unseeded(operator: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return operator(*args, **kwargs)


# The database has its random operators seed the generator first, as no forward may. They draw the
# same without: the judge seeds before each call.
database.wrapper_set_seed = unseeded


@dataclass(frozen=True, slots=True)
class Variant:
    """An operator of the database: "softmax.with_dtype"."""

    name: str
    operator: OpInfo

    def samples(self) -> tuple[Sample, ...]:
        """Make the calls, the same on every run; none, where every one is sparse or large."""
        seed()
        made = self.operator.sample_inputs("cpu", torch.float64, requires_grad=True)
        usable = list(islice(filter(is_usable, made), LOOKED_AT))
        usable.sort(key=is_empty)
        return tuple(sample_of(self.operator, each) for each in usable[:KEPT])


@cache
def variants() -> tuple[Variant, ...]:
    """List what has a derivative in float64, in the database's order."""
    return tuple(
        Variant(".".join(filter(None, (each.name, each.variant_test_name))), each)
        for each in database.op_db
        if each.supports_autograd and torch.float64 in each.supported_dtypes("cpu")
    )


def seed() -> None:
    """Seed all that the database draws from."""
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)


def tensors_of(sample: SampleInput) -> list[Tensor]:
    leaves = pytree.tree_leaves((sample.input, sample.args, sample.kwargs))
    return [each for each in leaves if isinstance(each, Tensor)]


def is_usable(sample: SampleInput) -> bool:
    tensors = tensors_of(sample)
    return (
        any(each.requires_grad for each in tensors)
        and all(each.layout == torch.strided for each in tensors)
        and sum(each.numel() for each in tensors) <= ELEMENTS
    )


def is_empty(sample: SampleInput) -> bool:
    return any(each.numel() == 0 for each in tensors_of(sample))


def sample_of(operator: OpInfo, sample: SampleInput) -> Sample:
    """Take a call's tensors out of its lists and keywords."""
    leaves, tree = pytree.tree_flatten((sample.input, sample.args, sample.kwargs))
    places = [i for i, each in enumerate(leaves) if isinstance(each, Tensor)]

    def call(*tensors: Tensor) -> Any:
        filled = list(leaves)
        for place, tensor in zip(places, tensors, strict=True):
            filled[place] = tensor
        first, args, kwargs = pytree.tree_unflatten(filled, tree)
        answer = sample.output_process_fn_grad(operator(first, *args, **kwargs))
        return single(pytree.tree_leaves(answer))

    tensors = tuple(leaves[place] for place in places)
    wanted = tuple(i for i, each in enumerate(tensors) if each.requires_grad)
    return Sample(call, tensors, wanted, operator.supports_gradgrad)


def single(leaves: Sequence[Any]) -> Any:
    tensors = tuple(each for each in leaves if isinstance(each, Tensor))
    return tensors[0] if len(tensors) == 1 else tensors
