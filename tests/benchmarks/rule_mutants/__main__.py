"""Plant every fault in every rule, or those of some rules, and print what became of them."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

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
        "keys", metavar="KEY", nargs="*", help='a rule: "softmax"; all by default'
    )
    parser.add_argument("--third", action="store_true", help="every third function")
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    options = parser.parse_args()
    places = chosen(options.keys)[:: 3 if options.third else 1]
    judgements = list(shown(judge(places)))
    named = {fault: caught_by(fault) for fault in FAULTS}
    command = " ".join((COMMAND, *sys.argv[1:]))
    text = table(judgements, reviewed(), named, command)
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


def shown(judgements: Iterable[Judgement]) -> Iterable[Judgement]:
    """Name the rules as they are done."""
    last = ""
    for each in judgements:
        if each.rule != last:
            print(each.rule, file=sys.stderr)
        last = each.rule
        yield each


if __name__ == "__main__":
    sys.exit(main())
