"""What a derived backward costs: bytes saved, eager and compiled time, beside plain autograd's.

`python -m tests.benchmarks.derived [--compiled] [--write]` measures the zoo's layers, one thread,
both sides of a ratio in turn; --compiled adds torch.compile with inductor, which takes minutes;
--write keeps the table under results/. Time is the processor's, so that others on the machine
don't count. Where tensors lie in memory changes a small kernel's time by as much as a tenth: each
side is timed in several places. What is left of that shows where the plain forward, compiled
twice, is compared with itself.
"""

import argparse
import ctypes
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType

import torch

import layergen
from tests.autodiff.agreement import answers, learned, tensor_places
from tests.autodiff.saved import saved_bytes
from tests.autodiff.ungated import ungated
from tests.autodiff.zoo import LAYERS, Answer, Input, Layer
from tests.benchmarks.machine import machine

RESULT = Path(__file__).parent / "results" / "derived.md"
PLACES = 7  # in memory
ROUNDS = 9  # in each of them
HALVED = 10  # layers that must save half of plain autograd's bytes, or less
MEDIAN, WORST = 1.3, 2.0  # of the ratio of eager times
NOISE = 1.1  # of the ratio of two compiled times; the median of all has less
COMPILED = 1.03  # the median: a Function has the compiler check more before it runs

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of mallopt, in malloc.h
MOST = 1 << 30  # bytes

Function = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Pair:
    """The same quantity of the derived function and of the plain forward."""

    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


@dataclass(frozen=True, slots=True)
class Row:
    """One layer's numbers.

    Attributes:
        saved: bytes.
        eager, compiled: seconds of forward and backward.
        again: seconds of the plain forward, compiled and timed twice.
        deriving: seconds, printing included, without import and gate.
        gate: seconds on top of that.
    """

    layer: Layer
    saved: Pair
    eager: Pair
    compiled: Pair | None
    again: Pair | None
    deriving: float
    gate: float


def stepped(function: Function, inputs: Sequence[Input]) -> Callable[[], None]:
    """Make one training step of it: forward, and backward to every tensor."""
    inputs = learned(inputs)
    wanted = [inputs[place] for place in tensor_places(inputs)]
    cotangents = [torch.randn_like(each) for each in answers(function(*inputs))]

    def step() -> None:
        torch.autograd.grad(answers(function(*inputs)), wanted, cotangents)

    return step


def seconds(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


def keep_memory() -> str:
    """Let glibc keep what is freed; say so, or that it was not possible.

    By default it hands a tensor of 2 MB back to the system, and has it faulted in again page by
    page, as often as it stands last on the heap: that costs several times what multiplying it
    does. While a model is trained other tensors stand behind it.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return "freed memory goes back to the system"
    done = [mallopt(option, MOST) for option in (TRIM_THRESHOLD, MMAP_THRESHOLD)]
    return "freed memory is kept" if all(done) else "freed memory may not be kept"


def timed(functions: Sequence[Function], inputs: Sequence[Input]) -> list[float]:
    """Take medians of all, in turn, each first as often as last; the first rounds warm up."""
    places = [[stepped(each, inputs) for each in functions] for _ in range(PLACES)]
    found = [rounds(steps) for steps in places]
    return [statistics.median(side) for side in zip(*found, strict=True)]


def rounds(steps: Sequence[Callable[[], None]]) -> list[float]:
    """Take medians of steps whose tensors lie in one place."""
    order = list(enumerate(steps))
    times: list[list[float]] = [[] for _ in steps]
    for _ in range(ROUNDS + 2):
        order.reverse()
        for at, step in order:
            times[at].append(seconds(step))
    return [statistics.median(each[2:]) for each in times]


def compiled(
    ours: Function, theirs: Function, inputs: Sequence[Input]
) -> tuple[Pair, Pair]:
    """Take the same medians under torch.compile, whole, with inductor; the plain one's twice."""
    torch.compiler.reset()
    functions = ours, theirs, copied(theirs)
    made = [torch.compile(each, fullgraph=True) for each in functions]
    mine, plain, again = timed(made, inputs)
    return Pair(mine, plain), Pair(again, plain)


def copied(function: Function) -> Function:
    """Make a function of code of its own, which the compiler takes for another one."""
    code = function.__code__.replace(co_name=f"{function.__name__}_again")
    return FunctionType(code, function.__globals__)


def measured(layer: Layer, with_compiler: bool) -> Row:
    function = layergen.derive(layer.forward, layer.inputs()).function
    deriving = median_of(lambda: ungated(layer.forward, layer.inputs()))
    gated = median_of(lambda: layergen.derive(layer.forward, layer.inputs()))
    inputs = layer.inputs(layer.large, torch.float32)
    both = function, layer.forward
    times = compiled(*both, inputs) if with_compiler else (None, None)
    return Row(
        layer,
        Pair(saved_bytes(function, inputs), saved_bytes(layer.forward, inputs)),
        Pair(*timed(both, inputs)),
        *times,
        deriving,
        gated - deriving,
    )


def median_of(step: Callable[[], object], rounds: int = 3) -> float:
    return statistics.median(seconds(step) for _ in range(rounds))


def broken(rows: Sequence[Row]) -> list[str]:
    """Name the promises that the numbers break."""
    eager = [each.eager.ratio for each in rows]
    compiled = [each.compiled.ratio for each in rows if each.compiled]
    promises = {
        "a layer saves more than plain autograd": all(
            each.saved.ratio <= 1 for each in rows
        ),
        f"fewer than {HALVED} layers save half or less": sum(
            round(each.saved.ratio, 2) <= 0.5 for each in rows
        )
        >= HALVED,
        f"median eager ratio > {MEDIAN}": statistics.median(eager) <= MEDIAN,
        f"worst eager ratio > {WORST}": max(eager) <= WORST,
        f"median compiled ratio > {COMPILED}": not compiled
        or statistics.median(compiled) <= COMPILED,
        f"a compiled ratio > {NOISE}": all(each <= NOISE for each in compiled),
    }
    return [what for what, kept in promises.items() if not kept]


def table(rows: Sequence[Row], memory: str) -> str:
    lines = [
        "# Derived backwards beside plain autograd's",
        "",
        machine("torch"),
        f"float32, one thread, medians of {ROUNDS} rounds in each of {PLACES} places in memory, all sides "
        "in turn, the processor's time; "
        f"forward and backward to every input; {memory}. Saved: distinct storages, inputs among "
        "them.",
        "",
        "| layer | saved MB | plain | ratio | eager ms | plain | ratio "
        "| compiled ms | plain | ratio | plain, twice | derived in ms | gate ms |",
        "|---|" + "--:|" * 12,
    ]
    lines += [line(each) for each in rows]
    return "\n".join([*lines, "", *summary(rows)]) + "\n"


def line(row: Row) -> str:
    cells = (
        row.layer.name,
        *cells_of(row.saved, 1e-6),
        *cells_of(row.eager, 1e3),
        *(cells_of(row.compiled, 1e3) if row.compiled else ("", "", "")),
        f"{row.again.ratio:.2f}" if row.again else "",
        f"{row.deriving * 1e3:.0f}",
        f"{row.gate * 1e3:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def cells_of(pair: Pair, unit: float) -> tuple[str, str, str]:
    return (
        f"{pair.ours * unit:.2f}",
        f"{pair.theirs * unit:.2f}",
        f"{pair.ratio:.2f}",
    )


def summary(rows: Sequence[Row]) -> list[str]:
    halved = sum(round(each.saved.ratio, 2) <= 0.5 for each in rows)
    eager = [each.eager.ratio for each in rows]
    compiled = [each.compiled.ratio for each in rows if each.compiled]
    lines = [
        f"- Saved: half or less on {halved} of {len(rows)}, "
        f"at most {max(each.saved.ratio for each in rows):.2f} times plain autograd's.",
        f"- Eager: median ratio {statistics.median(eager):.2f}, worst {max(eager):.2f}.",
        f"- Deriving: median {statistics.median(each.deriving for each in rows):.2f} s; "
        f"the gate: {statistics.median(each.gate for each in rows):.2f} s.",
    ]
    again = sorted(each.again.ratio for each in rows if each.again)
    if compiled:
        lines.insert(
            2,
            f"- Compiled: median ratio {statistics.median(compiled):.2f}, "
            f"worst {max(compiled):.2f}; of the plain forward to itself "
            f"{again[0]:.2f} to {again[-1]:.2f}.",
        )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiled", action="store_true", help="with inductor too")
    parser.add_argument("--write", action="store_true", help=f"write {RESULT.name}")
    options = parser.parse_args()
    torch.set_num_threads(1)
    memory = keep_memory()
    rows = [measured(each, options.compiled) for each in LAYERS]
    text = table(rows, memory)
    print(text, end="")
    if options.write:
        RESULT.write_text(text)
    found = broken(rows)
    print(*found, sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
