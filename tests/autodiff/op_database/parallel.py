"""Judge many variants in two processes."""

import warnings
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import torch

from tests.autodiff.op_database.judge import Judgement, judged
from tests.autodiff.op_database.samples import variants
from tests.autodiff.op_database.source import made

PROCESSES = 2


def judge(places: Iterable[int]) -> list[Judgement]:
    """Judge the variants at some places of the database; leave out those without samples."""
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), prepare) as pool:
        return [each for each in pool.map(judge_one, places) if each.findings]


def prepare() -> None:
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")


def judge_one(place: int) -> Judgement:
    variant = variants()[place]
    return judged(variant.name, variant.samples(), made)
