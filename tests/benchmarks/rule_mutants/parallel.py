"""Judge many faults in several processes."""

import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import torch

from tests.benchmarks.rule_mutants.judge import Judgement, judged
from tests.benchmarks.rule_mutants.statements import mutants_of, statements

__all__ = ["judge"]


def judge(places: Iterable[int], processes: int) -> Iterator[list[Judgement]]:
    """Judge the faults of the statements at some places, statement by statement."""
    with ProcessPoolExecutor(processes, get_context("spawn"), prepare) as pool:
        yield from pool.map(judge_one, places)


def prepare() -> None:
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")


def judge_one(place: int) -> list[Judgement]:
    return [judged(each) for each in mutants_of(statements()[place])]
