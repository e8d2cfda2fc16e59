"""Judge many faults in two processes."""

import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import torch

from tests.benchmarks.rule_mutants.judge import FEW, MOST, Judgement, judged
from tests.benchmarks.rule_mutants.reviewed import reviewed
from tests.benchmarks.rule_mutants.statements import mutants_of, statements

__all__ = ["judge"]

PROCESSES = 2


def judge(places: Iterable[int]) -> Iterator[Judgement]:
    """Judge the faults of the statements at some places, as they come."""
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), prepare) as pool:
        for found in pool.map(judge_one, places):
            yield from found


def prepare() -> None:
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")


def judge_one(place: int) -> list[Judgement]:
    known = reviewed()
    return [
        judged(each, most=FEW if each.title in known else MOST)
        for each in mutants_of(statements()[place])
    ]
