"""Check every choice of which inputs want a gradient."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from layergen.autodiff.refusal import Reason
from layergen.gate.claim import Claim
from layergen.gate.comparison import hold
from layergen.gate.probe import probe_of

__all__ = ["check"]

ALL_SUBSETS = 6  # inputs; beyond, 2 ** n would take longer than the rest of the gate


def check(claim: Claim) -> tuple[str, ...]:
    """Compare the gradients of each subset; the others must not be computed."""
    for sample in claim.kinds():
        whole = probe_of(claim, sample)
        for wanted in subsets(whole.wanted):
            names = ", ".join(claim.names[at] for at in wanted)
            where = f"{sample.note}, with a gradient of {names} alone"
            probe = replace(whole, wanted=wanted, where=where)
            hold(claim, probe, Reason.FAILED_SUBSET)
    return ()


def subsets(positions: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Choose all proper subsets; of many inputs, each one alone, and all but one."""
    few = len(positions) <= ALL_SUBSETS
    sizes = range(1, len(positions)) if few else (1, len(positions) - 1)
    for size in sizes:
        yield from combinations(positions, size)
