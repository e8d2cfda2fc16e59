"""Judge the operator database, or a third of it, and print a table."""

import argparse
import sys
from pathlib import Path

from tests.autodiff.op_database.parallel import judge
from tests.autodiff.op_database.report import table
from tests.autodiff.op_database.reviewed import (
    operators,
    reviewed,
    surprises,
    unknown_operators,
)
from tests.autodiff.op_database.samples import variants

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "op_database.md"
COMMAND = "python -m tests.autodiff.op_database"


def main() -> int:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--third", action="store_true", help="the third of the tests")
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    options = parser.parse_args()
    judgements = judge(range(0, len(variants()), 3 if options.third else 1))
    text = table(judgements, COMMAND + " --third" * options.third)
    print(text, end="")
    found = [
        *surprises(judgements, reviewed()),
        *unknown_operators(judgements, operators()),
    ]
    print(*found, sep="\n")
    if options.write:
        RESULT.write_text(text)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
