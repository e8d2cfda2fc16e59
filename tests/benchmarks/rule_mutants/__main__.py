"""Plant every fault in every rule, or those of some rules, and print what became of them."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.rule_mutants.journal import Journal, text_of
from tests.benchmarks.rule_mutants.judge import Judgement
from tests.benchmarks.rule_mutants.named import FAULTS, caught_by
from tests.benchmarks.rule_mutants.parallel import judge
from tests.benchmarks.rule_mutants.reach import keys_of
from tests.benchmarks.rule_mutants.report import table
from tests.benchmarks.rule_mutants.reviewed import reviewed, surprises
from tests.benchmarks.rule_mutants.statements import statements

RESULT = Path(__file__).parents[1] / "results" / "rule_mutants.md"
COMMAND = "python -m tests.benchmarks.rule_mutants"


def main() -> int:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument(
        "keys",
        metavar="RULE",
        nargs="*",
        help='"softmax", "moments.var"; all by default',
    )
    parser.add_argument(
        "--every", type=int, default=1, help="only each so manieth function"
    )
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument(
        "--journal", type=Path, help="go on behind what this file holds, and add to it"
    )
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    options = parser.parse_args()
    places = chosen(options.keys)[:: options.every]
    journal = Journal(options.journal) if options.journal else None
    judgements = list(all_of(places, options.processes, journal))
    named = {fault: caught_by(fault) for fault in FAULTS}
    text = table(judgements, reviewed(), named, COMMAND)
    print(text, end="")
    found = list(surprises(judgements, reviewed()))
    found += [f"{each.name}: not caught" for each, check in named.items() if not check]
    print(*found, sep="\n")
    if options.write:
        RESULT.write_text(text)
    return int(bool(found))


def chosen(keys: Sequence[str]) -> list[int]:
    """List the places of what the rules are made of, helpers of their families among it."""
    return [
        place
        for place, each in enumerate(statements())
        if not keys or set(keys) & set(keys_of(each)) or each.title in keys
    ]


def all_of(
    places: Sequence[int], processes: int, journal: Journal | None
) -> Iterator[Judgement]:
    """Judge the functions at some places, apart from those in the journal."""
    known = journal.known() if journal else {}
    texts = {each: text_of(statements()[each]) for each in places}
    rest = [each for each in places if texts[each] not in known]
    found = judge(rest, processes)
    for each in places:
        if texts[each] in known:
            yield from known[texts[each]]
            continue
        judgements = next(found)
        print(statements()[each].title, file=sys.stderr)
        if journal:
            journal.add(statements()[each], judgements)
        yield from judgements


if __name__ == "__main__":
    sys.exit(main())
