"""Judge many faults in several processes, and outlive those that a fault makes crash."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import torch

from tests.benchmarks.rule_mutants.judge import Judgement, crashed, judged
from tests.benchmarks.rule_mutants.mutant import Mutant

__all__ = ["judge"]


def judge(mutants: Iterable[Mutant], processes: int) -> Iterator[Judgement]:
    """Judge faults, and give the judgements in their order as they come."""
    rest = list(mutants)
    while rest:
        for judgement in until_crash(rest, processes):
            rest.pop(0)
            yield judgement
        if rest:  # it may be another that crashed: they run beside each other
            alone = [*until_crash(rest[:1], 1)]
            yield alone[0] if alone else crashed(rest[0])
            rest.pop(0)


def until_crash(mutants: Sequence[Mutant], processes: int) -> Iterator[Judgement]:
    """Judge faults as long as the processes live."""
    with ProcessPoolExecutor(processes, get_context("spawn"), prepare) as pool:
        try:
            yield from pool.map(judged, mutants)
        except BrokenProcessPool:
            return


def prepare() -> None:
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
