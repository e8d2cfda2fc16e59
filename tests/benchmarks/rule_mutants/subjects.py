"""Small forwards that exercise a rule: the calls that it is tested on, one function each."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from typing import Any
from unittest import mock

from torch import Tensor
from torch.utils import _pytree as pytree

from layergen import deriving
from layergen.autodiff.derive import derived
from layergen.autodiff.job import Job
from layergen.deriving import executed
from layergen.emit import emit
from layergen.gate import derivation
from layergen.gate.claim import Claim
from layergen.gate.derivation import verify
from layergen.gate.samples import samples_from
from layergen.ir.gradients import Gradients
from tests.autodiff.rules import subject as tested
from tests.autodiff.rules.samples import Sample, calls_of, samples_of
from tests.benchmarks.rule_mutants.forwards import FORWARDS

__all__ = ["Subject", "Unchanged", "Way", "derive", "printed", "subjects_of"]

NAME = "call"
MOST = 100  # calls of one rule; a few of the database's variants list more


class Way(StrEnum):
    """How the inputs reach the call."""

    ALONE = "alone"
    INSIDE = "inside"  # through other operations
    BESIDE = "beside"  # so, and on a way around it: a gradient that is lost is not the only one


@dataclass(frozen=True, slots=True)
class Subject:
    """A forward that calls one operation."""

    key: str
    place: int
    way: Way
    sample: Sample

    def __hash__(self) -> int:
        return hash((self.key, self.place, self.way))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Subject) and hash(self) == hash(other)

    @property
    def title(self) -> str:
        return f"{self.key} {self.place} {self.way}"


class Unchanged(Exception):
    """What would be printed is known already."""


class Passed(Exception):
    """The gate let it through."""


@cache
def subjects_of(key: str) -> tuple[Subject, ...]:
    """List a rule's calls: small ones first, then those with sizes of 1."""
    found = [
        each
        for each in samples_for_key(key)
        if not any(tensor.numel() == 0 for tensor in each.tensors())
    ]
    found.sort(key=awkwardness)
    return tuple(
        Subject(key, place, Way.ALONE, each) for place, each in enumerate(found[:MOST])
    )


def samples_for_key(key: str) -> list[Sample]:
    """List the database's calls, and those of each family that has the key."""
    owners = [each for each in tested.subjects() if each.key == key]
    is_complex = any(each.is_complex for each in owners)
    families = dict.fromkeys(each.family for each in owners)
    for module in tested.families():
        if key in getattr(module, "UNFOLDED", ()):
            families[module.__name__.rpartition(".")[2]] = None
    first, *others = families
    found = samples_of(first, key, is_complex=is_complex)
    found += (call for each in others for call in calls_of(each).get(key, ()))
    return [*found, *FORWARDS.get(key, ())]


def awkwardness(sample: Sample) -> tuple[bool, int]:
    tensors = sample.tensors()
    single = any(1 in each.shape or not each.dim() for each in tensors)
    return single, sum(each.numel() for each in tensors)


def derive(subject: Subject, *, unlike: str, once: bool = False) -> None:
    """Derive by rules alone, gate and all, as `layergen.derive` does.

    Args:
        unlike: a source that need not be tried.
        once: at the example alone, which does for a look at values.

    Raises:
        Unchanged: The source is that one.
        Exception: What deriving it raises.
    """

    def tried(source: str, name: str) -> Any:
        if source == unlike:
            raise Unchanged
        return executed(source, name)

    with suppress(Passed):
        derive_with(subject, tried, once=once)


@cache
def printed(subject: Subject, *, once: bool = False) -> str:
    """Derive by rules alone, and stop at the first source, before the gate."""
    found: list[str] = []

    def stopped(source: str, name: str) -> Any:
        found.append(source)
        raise Unchanged

    try:
        derive_with(subject, stopped, once=once)
    except Unchanged:
        return found[0]
    raise AssertionError("a derivation is executed")


def derive_with(subject: Subject, execute: Callable[..., Any], *, once: bool) -> None:
    """Derive, with another step in the place of running the source; stop behind the gate."""

    def tried(claim: Claim) -> None:
        verify(claim)
        raise Passed

    function, values = forward_of(subject)
    alone = partial(derived, fallback=False)
    with (
        mock.patch.object(deriving, "derived", alone),
        mock.patch.object(deriving, "samples_from", samples_for(subject)),
        mock.patch.object(deriving, "executed", execute),
        mock.patch.object(derivation, "verify", tried),
        mock.patch.object(emit, "formatted", as_it_is),  # layout is dear, and no matter
        mock.patch.object(Job, "held", at_the_example) if once else nullcontext(),
    ):
        deriving.derive(function, values, name=NAME)


def at_the_example(job: Job, inputs: Sequence[Any], others: Sequence[Any]) -> Gradients:
    """Derive once: that nothing is burnt in is the forward's matter, or the whole gate's."""
    return job.done(inputs, None)[0]


def as_it_is(text: str, path: str) -> str:
    return text


@cache
def samples_for(subject: Subject) -> Callable[..., Any]:
    """Look for other sizes and broadcasts only once: they depend on the forward alone."""
    found: list[Any] = []

    def samples(*args: Any) -> Any:
        if not found:
            found.append(samples_from(*args))
        return found[0]

    return samples


@cache
def forward_of(subject: Subject) -> tuple[Callable[..., Any], Sequence[Tensor]]:
    """Make a function of a call's tensors."""
    sample = subject.sample
    leaves, tree = pytree.tree_flatten((sample.args, sample.kwargs))
    places = [i for i, each in enumerate(leaves) if isinstance(each, Tensor)]
    wanted = {i for i in places if leaves[i].requires_grad}
    inside = wanted if subject.way is not Way.ALONE else set()
    beside = wanted if subject.way is Way.BESIDE else set()

    def call(*tensors: Tensor) -> Any:
        filled, around = list(leaves), []
        for place, tensor in zip(places, tensors, strict=True):
            filled[place] = passed(subject.key, tensor) if place in inside else tensor
            if place in beside:
                around.append(passed(subject.key, tensor))
        args, kwargs = pytree.tree_unflatten(filled, tree)
        result = sample.function(*args, **kwargs)
        result = result if sample.finish is None else sample.finish(result)
        return outputs_of([result, *around])

    return call, tuple(leaves[place] for place in places)


def passed(key: str, tensor: Tensor) -> Tensor:
    """Hand a tensor on, by another operation than the one that has the fault."""
    return tensor + 0.0 if key == "mul" else tensor * 1.0


def outputs_of(result: Any) -> Any:
    tensors = tuple(
        each for each in pytree.tree_leaves(result) if isinstance(each, Tensor)
    )
    return tensors[0] if len(tensors) == 1 else tensors
