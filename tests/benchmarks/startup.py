"""Time of whole processes: `new-layer` by copier, `--help` by click, a derivation by torch.

`python -m tests.benchmarks.startup [--write]` interleaves the commands in one run, so that both
sides of a ratio meet the same machine, and prints a table; --write keeps it under results/.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.machine import machine

RESULT = Path(__file__).parent / "results" / "startup.md"
SCRIPTS = Path(sysconfig.get_path("scripts"))
SWISH = ("--forward", "x * sigmoid(beta * x)", "--arg", "beta:float=1.0")
NAME = "GatedUnit"
FOLDER = "gated_unit"


@dataclass(frozen=True, slots=True)
class Contest:
    """Two commands, and how much longer the first may take than the second.

    Attributes:
        ours: its words; "{out}" is a new folder each time.
        limit: largest ratio of the medians.
        rounds: in which both run, one after the other.
    """

    title: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    limit: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of a contest, in milliseconds."""

    contest: Contest
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def contests(template: Path) -> tuple[Contest, ...]:
    layergen, copier = str(SCRIPTS / "layergen"), str(SCRIPTS / "copier")
    data = ("--data", f"name={NAME}", "--data", f"folder={FOLDER}")
    return (
        Contest(
            f"`layergen new-layer {NAME}` / `copier copy`",
            (layergen, "new-layer", NAME, "--into", "{out}"),
            (copier, "copy", "--quiet", "--defaults", *data, str(template), "{out}"),
            1.0,
            41,
        ),
        Contest(
            '`layergen --help` / `python -c "import click"`',
            (layergen, "--help"),
            (sys.executable, "-c", "import click"),
            3.0,
            41,
        ),
        Contest(
            '`layergen new-op swish --forward …` / `python -c "import torch"`',
            (layergen, "new-op", "swish", *SWISH, "--into", "{out}"),
            (sys.executable, "-c", "import torch"),
            3.0,
            11,
        ),
    )


def copier_template(into: Path) -> Path:
    """Make a copier template of the very files that layergen writes, names as its holes."""
    made, template = into / "made", into / "template"
    made.mkdir()
    subprocess.run(
        [SCRIPTS / "layergen", "new-layer", NAME, "--into", made],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    shutil.copytree(made / FOLDER, template / "{{ folder }}")
    for path in [path for path in template.rglob("*") if path.is_file()]:
        text = path.read_text()
        assert "{{" not in text
        text = text.replace(NAME, "{{ name }}").replace(FOLDER, "{{ folder }}")
        path.with_name(f"{path.name}.jinja").write_text(text)
        path.unlink()
    (template / "copier.yml").write_text("name: {type: str}\nfolder: {type: str}\n")
    return template


def seconds(command: Sequence[str], scratch: Path) -> float:
    """Run a command once, into a folder that does not outlive it."""
    with tempfile.TemporaryDirectory(dir=scratch) as out:
        words = [word.replace("{out}", out) for word in command]
        start = time.perf_counter()
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True, cwd=scratch)
        return time.perf_counter() - start


def measured(contest: Contest, scratch: Path) -> Result:
    """Run both sides in turn; the first round only warms the disk's cache."""
    rounds = [
        (seconds(contest.ours, scratch), seconds(contest.theirs, scratch))
        for _ in range(contest.rounds + 1)
    ][1:]
    ours, theirs = (statistics.median(side) * 1e3 for side in zip(*rounds, strict=True))
    return Result(contest, ours, theirs)


def table(results: Sequence[Result], files: int) -> str:
    lines = [
        "# Whole processes, medians",
        "",
        machine("click", "copier", "jinja2", "black", "torch"),
        "The two sides of a row run in turn. copier's template is of the same "
        f"{files} files; the op is derived, compared with autograd and measured.",
        "",
        "| ours / theirs | rounds | ours | theirs | ratio | limit |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for each in results:
        lines.append(
            f"| {each.contest.title} | {each.contest.rounds} | {each.ours:.0f} ms | {each.theirs:.0f} ms "
            f"| {each.ratio:.2f} | {each.contest.limit:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        template = copier_template(scratch)
        results = [measured(contest, scratch) for contest in contests(template)]
        files = len(list(template.rglob("*.jinja")))
    text = table(results, files)
    print(text, end="")
    if options.write:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text)
    return int(any(each.ratio > each.contest.limit for each in results))


if __name__ == "__main__":
    sys.exit(main())
