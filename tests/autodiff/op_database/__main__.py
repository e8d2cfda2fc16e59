"""Judge the operator database, or a third of it, with two processes."""

import argparse
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch

from tests.autodiff.op_database.judge import Judgement, judged
from tests.autodiff.op_database.report import table
from tests.autodiff.op_database.reviewed import reviewed, surprises
from tests.autodiff.op_database.samples import variants
from tests.autodiff.op_database.source import derived

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "op_database.md"
PROCESSES = 2


def prepare() -> None:
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")


def judge_one(place: int) -> Judgement:
    return judged(variants()[place], derived)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--third", action="store_true", help="the third of the tests")
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    options = parser.parse_args()
    places = range(0, len(variants()), 3 if options.third else 1)
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), prepare) as pool:
        judgements = [each for each in pool.map(judge_one, places) if each.findings]
    command = " ".join(["python -m tests.autodiff.op_database", *sys.argv[1:]])
    text = table(judgements, command.removesuffix(" --write"))
    print(text, end="")
    found = list(surprises(judgements, reviewed()))
    print(*found, sep="\n")
    if options.write:
        RESULT.write_text(text)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
