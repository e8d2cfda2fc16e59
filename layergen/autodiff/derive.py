"""The room's door: a plain forward becomes its gradients.

Trace it on tensors without values, sweep backwards over the trace, and choose what to keep.
"""

import inspect
import linecache
from collections.abc import Callable, Collection, Sequence
from types import CodeType
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import Sandbox, missing
from layergen.autodiff.freeze import frozen
from layergen.autodiff.named import named, numbers_kept
from layergen.autodiff.recorder import Recorder, watching_names
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.reverse import Adjoints, is_floating, live_entries
from layergen.autodiff.saving import kept_values
from layergen.autodiff.tape import Entry, Tape
from layergen.autodiff.told import told
from layergen.errors import LayergenError, Place
from layergen.ir.gradients import Fixed, Gradients
from layergen.ir.graph import Kind, Phase
from layergen.spec.model import Recompute

__all__ = ["derived"]

Locate = Callable[[int], Place | None]


def derived(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    names: Sequence[str] | None = None,
    wanted: Sequence[int] | None = None,
    broadcast: Collection[str] = (),
    recompute: Recompute = Recompute.CHEAP,
    fallback: bool = True,
    locate: Locate | None = None,
) -> Gradients:
    """Derive the backward of a function.

    Args:
        function: the forward, of tensors, numbers, strings and None.
        inputs: one value for each of its arguments; sizes of at least 2, float64.
        names: the arguments' names; the function's own where not given.
        wanted: positions to differentiate by; every floating tensor where not given.
        broadcast: arguments that may be broadcast otherwise than here: their gradients are
            always summed to their own shapes.
        recompute: what backward computes again instead of keeping.
        fallback: whether an operation without a rule may go through autograd.
        locate: turns a line of the function into a place in the user's text.

    Raises:
        CannotDerive: With the reason, one of `refusal.Reason`, and the user's line.
    """
    code = getattr(function, "__code__", None)
    if lack := missing():
        raise LayergenError(
            f"this torch can't be traced: it lacks {lack}",
            instead="torch 2.11 to 2.13 have it.",
        )
    session = Session(code, locate or located(code))
    own = list(names or list(inspect.signature(function).parameters)[: len(inputs)])
    outputs = session.trace(function, inputs, own)
    positions = range(len(inputs)) if wanted is None else wanted
    leaves = [session.arguments[at] for at in positions]
    gradients = session.reverse(
        [each for each in leaves if each and is_floating(each.result)],
        fallback,
        broadcast,
    )
    return session.gathered(own, outputs, gradients, recompute)


class Session:
    """One derivation: what was traced, and what came of it."""

    def __init__(self, code: CodeType | None, locate: Locate) -> None:
        self.code = code
        self.locate = locate
        self.tape = Tape()
        self.sandbox = Sandbox()
        self.recorder = Recorder(self.tape, self.sandbox, code, locate)
        self.arguments: list[Entry | None] = []
        self.outputs: list[Tensor] = []
        self.cotangents: list[Entry | None] = []
        self.single = True
        self.fallbacks: list[str] = []
        self.looked_at: tuple[str, ...] = ()
        self.variables: dict[int, str] = {}

    def trace(
        self, function: Callable[..., Any], inputs: Sequence[Any], names: Sequence[str]
    ) -> list[Entry]:
        """Run the forward on tensors without values."""
        given = [
            self.argument(value, name)
            for value, name in zip(inputs, names, strict=True)
        ]
        with (
            told(self.place),
            numbers_kept() as looked_at,
            self.sandbox.entered(gradients=True),
            self.recorder,
            watching_names(self.tape, self.code) as variables,
        ):
            result = function(*given)
        self.variables = {index: name for name, index in reversed(variables.items())}
        self.looked_at = tuple(dict.fromkeys(looked_at))
        self.single = isinstance(result, Tensor)
        self.outputs = [result] if self.single else list(checked(result, self.place()))
        entries = [self.tape.find(each) for each in self.outputs]
        if None in entries:
            raise refused(Reason.CAPTURED_TENSOR, place=self.place())
        found = [each for each in entries if each is not None]
        if any(each.kind is Kind.ARGUMENT for each in found):
            raise refused(Reason.OUTPUT_IS_INPUT, place=self.place())
        return found

    def argument(self, value: Any, name: str) -> Any:
        """Put an argument in place: a tensor without values, a number by its name."""
        self.arguments.append(None)
        if isinstance(value, Tensor):
            if value.layout != torch.strided:
                raise refused(Reason.SPARSE, op=name, place=self.place())
            fake = self.sandbox.fake(value, name)
            self.arguments[-1] = self.tape.leaf(Kind.ARGUMENT, name, fake)
            return fake
        return named(value, name) if type(value) is float else value

    def place(self) -> Place | None:
        """Tell where the forward begins."""
        return self.locate(self.code.co_firstlineno if self.code else 0)

    def reverse(
        self, wanted: Sequence[Entry], fallback: bool, broadcast: Collection[str]
    ) -> dict[int, Entry]:
        """Sweep backwards; the gradient of each wanted argument that has one."""
        if not wanted:
            raise refused(Reason.NO_DIFFERENTIABLE_INPUT, place=self.place())
        forward = list(self.tape.entries)
        live = live_entries(forward, wanted)
        self.tape.phase = Phase.BACKWARD
        adjoints = Adjoints(self.recorder, live, fallback=fallback)
        with told(self.place), self.sandbox.entered(gradients=False):
            self.seed(adjoints)
            adjoints.sweep(forward)
            found = {
                each.index: self.finished(adjoints, each, each.hint in broadcast)
                for each in wanted
                if each.index in adjoints.of
            }
        if not found:
            raise refused(Reason.NO_GRADIENT_PATH, place=self.place())
        self.fallbacks = adjoints.fallbacks
        return found

    def seed(self, adjoints: Adjoints) -> None:
        """Give each differentiable output its incoming gradient."""
        several = len(self.outputs) > 1
        for at, output in enumerate(self.outputs):
            entry = self.tape.find(output)
            assert entry is not None
            self.cotangents.append(None)
            if entry.index not in adjoints.live or not is_floating(output):
                continue
            name = f"grad_out_{at}" if several else "grad_out"
            self.cotangents[-1] = self.tape.leaf(
                Kind.COTANGENT, name, torch.empty_like(output)
            )
            adjoints.add(entry, self.cotangents[-1].result)

    def finished(self, adjoints: Adjoints, argument: Entry, summed: bool) -> Entry:
        """Take an argument's gradient in the argument's own shape."""
        gradient = adjoints.full(argument)
        if summed:
            gradient = adjoints.summed(argument, gradient)
        entry = self.tape.find(gradient)
        assert entry is not None
        if entry.phase is Phase.BACKWARD and entry.kind is not Kind.COTANGENT:
            entry.hint = f"grad_{argument.hint}"
        return entry

    def gathered(
        self,
        names: Sequence[str],
        outputs: Sequence[Entry],
        gradients: dict[int, Entry],
        recompute: Recompute,
    ) -> Gradients:
        """Freeze what is needed, and choose what is kept."""
        tensors = [each for each in self.arguments if each is not None]
        seeds = [each for each in self.cotangents if each is not None]
        roots = [*tensors, *outputs, *seeds, *gradients.values()]
        made = frozen(
            self.tape,
            [each.index for each in roots],
            self.sandbox,
            lambda reason, found, detail: self.recorder.refusal(reason, found, detail),
        )
        place = made.places
        results = tuple(place[each.index] for each in outputs)
        own = {key: place[each.index] for key, each in gradients.items()}
        chosen = kept_values(made.graph, own.values(), results, recompute)
        arguments = tuple(place[each.index] for each in tensors)
        kept = [at for at in chosen if at not in results and at not in arguments]
        saved = [at for at in arguments if at in chosen]
        saved += [at for at in dict.fromkeys(results) if at in chosen]
        return Gradients(
            graph=made.graph,
            names=tuple(names),
            arguments=arguments,
            outputs=results,
            single=self.single,
            cotangents=tuple(
                None if each is None else place[each.index] for each in self.cotangents
            ),
            gradients=tuple(
                None if each is None else own.get(each.index) for each in self.arguments
            ),
            kept=tuple(kept),
            saved=(*saved, *kept),
            returned_by=self.variables_of(kept, place),
            fallbacks=tuple(dict.fromkeys(self.fallbacks)),
            fixed=tuple(self.fixed(tensors)),
            looked_at=self.looked_at,
        )

    def variables_of(
        self, kept: Sequence[int], place: dict[int, int]
    ) -> tuple[str, ...]:
        """Name the variables that hold the kept values when the forward returns."""
        known = {place[at]: name for at, name in self.variables.items() if at in place}
        names = tuple(known.get(each, "") for each in kept)
        return names if all(names) else ()

    def fixed(self, tensors: Sequence[Entry]) -> list[Fixed]:
        """List the sizes that became constants while the forward ran."""
        found = []
        for each in tensors:
            for dim, size in enumerate(each.result.shape):
                symbolic = isinstance(size, torch.SymInt)
                known = self.sandbox.expression(size) if symbolic else size
                if not symbolic or known.is_Integer:
                    found.append(Fixed(each.hint, dim, int(known)))
        return found


def checked(result: Any, place: Place | None) -> Sequence[Tensor]:
    """Take a tuple of tensors, and nothing else."""
    if not isinstance(result, tuple | list):
        detail = f"a {type(result).__name__}"
        raise refused(Reason.OUTPUT_TYPE, place=place, detail=detail)
    for each in result:
        if not isinstance(each, Tensor):
            detail = f"a tuple with a {type(each).__name__} in it"
            raise refused(Reason.OUTPUT_TYPE, place=place, detail=detail)
    return result


def located(code: CodeType | None) -> Locate:
    """Find lines in the file that the function came from."""

    def locate(line: int) -> Place | None:
        if code is None or not line:
            return None
        text = linecache.getline(code.co_filename, line).strip()
        return Place(code.co_filename, line, text=text or None)

    return locate
