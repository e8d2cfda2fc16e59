"""Plant every fault in every rule, or those of some rules, and print what became of them.

A fault takes a fraction of a second when a check stops it, some seconds when none does: all of
them about an hour and a half in one process. With --journal a run that was broken off goes on
where it was, and what was judged before is not judged again; after a change of the gate, or of the
calls in tests/autodiff/rules/calls, begin another journal, or say --again.
"""

import argparse
import shlex
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
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
    known = journal.known() if journal else {}
    if options.known:
        planted = [each for each in planted if key_of(each) in known]
    if options.again:
        known = {key: each for key, each in known.items() if each.is_stopped}
    judgements = list(all_of(planted, known, options.processes, journal))
    named = {fault: caught_by(fault) for fault in FAULTS}
    text = table(
        judgements,
        chosen((), None),
        reviewed(),
        named,
        command(sys.argv[1:]),
        kept=bool(known),
    )
    print(text, end="")
    found = list(surprises(judgements, reviewed()))
    found += [f"{each.name}: not caught" for each, check in named.items() if not check]
    print(*found, sep="\n")
    if options.write:
        RESULT.write_text(text)
    return int(bool(found))


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description=__doc__,
        formatter_class=RawDescriptionHelpFormatter,
    )
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
        "--again",
        action="store_true",
        help="judge anew what the journal holds as not stopped",
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
    mutants: Sequence[Mutant],
    known: Mapping[tuple[str, str], Judgement],
    processes: int,
    journal: Journal | None,
) -> Iterator[Judgement]:
    """Judge faults, apart from those that are known."""
    keys = [key_of(each) for each in mutants]
    rest = [each for each, key in zip(mutants, keys, strict=True) if key not in known]
    found = judge(rest, processes)
    places = count(1)
    for mutant, key in zip(mutants, keys, strict=True):
        if key in known:
            yield known[key]
            continue
        judgement = next(found)
        place = f"{next(places)} of {len(rest)}"
        told = f"{judgement.outcome or 'not reached'}, {judgement.seconds:.1f} s"
        print(f"{place}: {judgement.title}: {told}", file=sys.stderr)
        if journal:
            journal.add(mutant, judgement)
        yield judgement


if __name__ == "__main__":
    sys.exit(main())
