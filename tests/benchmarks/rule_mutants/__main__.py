"""Plant every fault in every rule, or those of some rules, and print what became of them."""

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.rule_mutants.journal import Journal, key_of
from tests.benchmarks.rule_mutants.judge import Judgement
from tests.benchmarks.rule_mutants.mutant import Mutant
from tests.benchmarks.rule_mutants.named import FAULTS, caught_by
from tests.benchmarks.rule_mutants.parallel import judge
from tests.benchmarks.rule_mutants.reach import keys_of
from tests.benchmarks.rule_mutants.report import table
from tests.benchmarks.rule_mutants.reviewed import reviewed, surprises
from tests.benchmarks.rule_mutants.statements import mutants_of, statements

RESULT = Path(__file__).parents[1] / "results" / "rule_mutants.md"
COMMAND = "python -m tests.benchmarks.rule_mutants"


def main() -> int:
    options = asked()
    mutants = chosen(options.keys, options.kind)
    planted = mutants[:: options.every]
    journal = Journal(options.journal) if options.journal else None
    if journal and options.known:
        known = journal.known()
        planted = [each for each in planted if key_of(each) in known]
    judgements = list(all_of(planted, options.processes, journal))
    named = {fault: caught_by(fault) for fault in FAULTS}
    text = table(judgements, chosen((), None), reviewed(), named, command(sys.argv[1:]))
    print(text, end="")
    found = list(surprises(judgements, reviewed()))
    found += [f"{each.name}: not caught" for each, check in named.items() if not check]
    print(*found, sep="\n")
    if options.write:
        RESULT.write_text(text)
    return int(bool(found))


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument(
        "keys",
        metavar="RULE",
        nargs="*",
        help='"softmax", "moments.var"; all by default',
    )
    parser.add_argument(
        "--every", type=int, default=1, help="only each so manieth fault"
    )
    parser.add_argument(
        "--kind",
        action="append",
        help='"sign flipped"; all by default, may be repeated',
    )
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument(
        "--journal", type=Path, help="go on behind what this file holds, and add to it"
    )
    parser.add_argument(
        "--known",
        action="store_true",
        help="judge nothing; tell what the journal holds",
    )
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    return parser.parse_args()


def command(arguments: Sequence[str]) -> str:
    """Spell the command, but for the files that it keeps."""
    kept = [each for each in arguments if each != "--write"]
    if "--journal" in kept:
        at = kept.index("--journal")
        kept = kept[:at] + kept[at + 2 :]
    return shlex.join([*COMMAND.split(), *kept])


def chosen(keys: Sequence[str], kinds: Sequence[str] | None) -> list[Mutant]:
    """List the faults in what the rules are made of, helpers of their families among it."""
    return [
        mutant
        for each in statements()
        if not keys or set(keys) & set(keys_of(each)) or each.title in keys
        for mutant in mutants_of(each)
        if not kinds or mutant.kind in kinds
    ]


def all_of(
    mutants: Sequence[Mutant], processes: int, journal: Journal | None
) -> Iterator[Judgement]:
    """Judge faults, apart from those in the journal."""
    known = journal.known() if journal else {}
    keys = [key_of(each) for each in mutants]
    rest = [each for each, key in zip(mutants, keys, strict=True) if key not in known]
    found = judge(rest, processes)
    for mutant, key in zip(mutants, keys, strict=True):
        if key in known:
            yield known[key]
            continue
        judgement = next(found)
        print(f"{judgement.outcome}: {judgement.title}", file=sys.stderr)
        if journal:
            journal.add(mutant, judgement)
        yield judgement


if __name__ == "__main__":
    sys.exit(main())
