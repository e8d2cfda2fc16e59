"""Trace a forward: run it once on tensors without values, and write down what it does."""

import linecache
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, TracebackType
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import Sandbox
from layergen.autodiff.calling import called, run
from layergen.autodiff.followed import limits_followed
from layergen.autodiff.named import NamedFloat, NamedInt, named
from layergen.autodiff.operations import Operation
from layergen.autodiff.recorder import Recorder
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.tape import Entry, Tape
from layergen.autodiff.told import reason_of
from layergen.autodiff.watch import Seen, watching
from layergen.errors import LayergenError, Place
from layergen.ir.graph import Kind, Syntax, Value

__all__ = [
    "Locate",
    "Trace",
    "first_line",
    "in_float64",
    "is_dense",
    "located",
    "traced",
]

Locate = Callable[[int], Place | None]


@dataclass(frozen=True, slots=True)
class Trace:
    """What was written down.

    Attributes:
        recorder: wrote it; it goes on with what the rules compute.
        sandbox: where its tensors live.
        names: of the arguments.
        numbers: those of them that are carried by name.
        symbols: each free size of the arguments, and where it is: argument and dimension.
        arguments: the tensors among the arguments, None in place of each other.
        outputs: what the forward returned.
        single: whether that was a tensor, and not a tuple.
        seen: the user's variables and lines.
    """

    recorder: Recorder
    sandbox: Sandbox
    names: tuple[str, ...]
    numbers: frozenset[str]
    symbols: Mapping[Any, tuple[int, int]]
    arguments: tuple[Entry | None, ...]
    outputs: tuple[Tensor, ...]
    single: bool
    seen: Seen

    @property
    def tape(self) -> Tape:
        """All that was computed."""
        return self.recorder.tape

    def is_named(self, position: int) -> bool:
        """Tell whether an argument is a number that is carried by name."""
        return self.names[position] in self.numbers

    @property
    def results(self) -> tuple[Entry, ...]:
        """The entries that computed the outputs."""
        found = [self.tape.find(each) for each in self.outputs]
        return tuple(each for each in found if each is not None)


def traced(
    function: Callable[..., Any],
    inputs: Sequence[Any],
    names: Sequence[str],
    locate: Locate,
    literal: Collection[str] = (),
) -> Trace:
    """Run a forward on tensors without values; `literal` numbers are not carried by name."""
    code = code_of(function)
    sandbox, tape = Sandbox(), Tape()
    recorder = Recorder(tape, sandbox, code, locate)
    given = [
        argument(recorder, sandbox, value, name, name in literal)
        for value, name in zip(inputs, names, strict=True)
    ]
    symbols = symbols_of(sandbox, given)
    with (
        sandbox.entered(gradients=True),
        recorder,
        watching(recorder, sandbox.asked) as seen,
    ):
        result = answer(recorder, function, given)
    refuse_unknown_sizes(recorder, sandbox, set(symbols))
    return Trace(
        recorder=recorder,
        sandbox=sandbox,
        names=tuple(names),
        numbers=frozenset(
            name
            for name, each in zip(names, given, strict=True)
            if isinstance(each, NamedFloat | NamedInt)
        ),
        symbols=symbols,
        arguments=tuple(
            tape.find(each) if isinstance(each, Tensor) else None for each in given
        ),
        outputs=checked(recorder, sandbox, result),
        single=isinstance(result, Tensor),
        seen=seen,
    )


def refuse_unknown_sizes(recorder: Recorder, sandbox: Sandbox, known: set[Any]) -> None:
    """Refuse what has a size that no argument has: it depends on values."""
    for entry in recorder.tape.entries:
        for size in entry.result.shape if isinstance(entry.result, Tensor) else ():
            symbolic = isinstance(size, torch.SymInt)
            if symbolic and not sandbox.expression(size).free_symbols <= known:
                place, op = recorder.place(entry.line), called(entry.operation)
                raise refused(Reason.DATA_DEPENDENT_SHAPE, op=op, place=place)


def symbols_of(sandbox: Sandbox, given: Sequence[Any]) -> Mapping[Any, tuple[int, int]]:
    """List the free sizes: each dimension has a symbol of its own, until something is asked."""
    return {
        sandbox.expression(size): (position, dim)
        for position, value in enumerate(given)
        for dim, size in enumerate(value.shape if isinstance(value, Tensor) else ())
        if isinstance(size, torch.SymInt)
    }


def answer(
    recorder: Recorder, function: Callable[..., Any], given: Sequence[Any]
) -> Any:
    """Call the function; a refusal that its own `except` swallowed is raised all the same."""
    try:
        with limits_followed(torch.float64):
            result = function(*given)
    except LayergenError:
        raise
    except Exception as error:
        if recorder.refused:
            raise recorder.refused from error
        if reason := reason_of(error):
            raise refused(
                reason, place=place_of(recorder, error), detail=first_line(error)
            ) from error
        if is_ours(error, recorder.code):
            raise
        raise refused(
            Reason.NEEDS_REAL_TENSORS,
            place=place_of(recorder, error),
            detail=first_line(error),
        ) from error
    if recorder.refused:
        raise recorder.refused
    recorder.refresh(result)
    return result


def first_line(error: Exception) -> str:
    """Take what an exception says first."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def place_of(recorder: Recorder, error: Exception) -> Place | None:
    """Find the user's line that an exception came through."""
    lines = [
        each.tb_lineno
        for each in frames(error.__traceback__)
        if each.tb_frame.f_code is recorder.code
    ]
    return recorder.place(lines[-1] if lines else 0)


def is_ours(error: Exception, code: CodeType | None) -> bool:
    """Tell whether an exception was raised by our own code, and not by what it called."""
    *_, last = frames(error.__traceback__)
    name: str = last.tb_frame.f_globals.get("__name__", "")
    if last.tb_frame.f_code in (code, run.__code__, answer.__code__):
        return False
    return name.partition(".")[0] == "layergen"


def frames(traceback: TracebackType | None) -> list[TracebackType]:
    """List the frames of a traceback, the innermost last."""
    found = []
    while traceback is not None:
        found.append(traceback)
        traceback = traceback.tb_next
    return found


def argument(
    recorder: Recorder, sandbox: Sandbox, value: Any, name: str, literal: bool
) -> Any:
    """Put an argument in place: a tensor without values, a number by its name."""
    if not isinstance(value, Tensor):
        is_number = type(value) in (int, float)
        return named(value, name) if is_number and not literal else value
    if not is_dense(value):
        raise recorder.refusal(Reason.SPARSE, name)
    fake = sandbox.fake(value, name)
    recorder.tape.leaf(Kind.ARGUMENT, name, fake)
    return fake


def is_dense(value: Tensor) -> bool:
    """Tell whether a tensor is neither sparse nor nested nor quantised."""
    return (
        value.layout == torch.strided and not value.is_quantized and not value.is_nested
    )


def in_float64(value: Any) -> Any:
    """Take a floating tensor to float64: that is what is printed as `x.dtype`."""
    if not isinstance(value, Tensor):
        return value
    if value.is_complex():
        return value.to(torch.complex128)
    return value.double() if value.is_floating_point() else value


def checked(recorder: Recorder, sandbox: Sandbox, result: Any) -> tuple[Tensor, ...]:
    """Take a tensor or a tuple of them, each computed here."""
    several = isinstance(result, tuple | list)
    found = []
    for each in tuple(result) if several else (result,):
        if not isinstance(each, Tensor):
            detail = f"a {type(each).__name__}"
            detail = f"a {type(result).__name__} with {detail}" if several else detail
            raise recorder.refusal(Reason.OUTPUT_TYPE, "", detail)
        entry = recorder.tape.find(each)
        if entry is None:
            raise recorder.refusal(Reason.CAPTURED_TENSOR, "")
        if entry.kind is Kind.ARGUMENT:
            if id(each) not in recorder.handed_on:
                raise recorder.refusal(Reason.OUTPUT_IS_INPUT, "", entry.hint)
            each = copied(recorder, sandbox, entry)
        found.append(each)
    return tuple(found)


def copied(recorder: Recorder, sandbox: Sandbox, entry: Entry) -> Tensor:
    """Copy an input that a call gave back as it was, as dropout does in evaluation."""
    with sandbox.entered(gradients=True):
        copy: Tensor = entry.result.clone()
    recorder.tape.add(Kind.CALL, CLONE, (Value(entry.index),), {}, copy)
    return copy


CLONE = Operation("clone", "clone", Syntax.METHOD)


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """Find the code whose lines and variables are the user's."""
    function = getattr(function, "__wrapped__", function)
    own = function if hasattr(function, "__code__") else type(function).__call__
    found: CodeType | None = getattr(own, "__code__", None)
    return found


def located(function: Callable[..., Any]) -> Locate:
    """Find lines in the file that a function came from."""
    code = code_of(function)

    def locate(line: int) -> Place | None:
        if code is None:
            return None
        at = line or code.co_firstlineno
        text = linecache.getline(code.co_filename, at).strip()
        return Place(code.co_filename, at, text=text or None)

    return locate
