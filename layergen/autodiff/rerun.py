"""Run a forward again elsewhere, and hold what it does against what its trace foretells.

The trace says which operations run, on what, and with which sizes and numbers, as formulas. On
real tensors of other sizes, at other numbers or in another dtype the forward must do just that;
where it does something else, something of the example is in the trace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
import torch
from torch import Tensor

from layergen.autodiff.adapter import default_dtype
from layergen.autodiff.calling import called
from layergen.autodiff.canonical import defaults_of
from layergen.autodiff.evaluate import computed, near
from layergen.autodiff.named import NamedFloat, NamedInt
from layergen.autodiff.recorder import Recorder
from layergen.autodiff.tape import Entry, ShapeRef, Tape
from layergen.autodiff.trace import Trace
from layergen.errors import LayergenError
from layergen.ir.graph import Arithmetic, Kind, Limit, Scalar, SizeAt, Value

__all__ = ["Difference", "DoesNotRun", "difference", "runs"]

FORMULAS = (torch.SymInt, torch.SymFloat, NamedFloat, NamedInt)


class DoesNotRun(Exception):
    """The forward does not take these arguments."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A call that the trace has otherwise.

    Attributes:
        line: of the user's function; 0 where that is not known.
        op: the operation that the trace has there, or "".
        by_operation: whether it is not the user's own Python that goes another way: the call
            is the same, and gives another number of tensors, or torch's own Python made it.
    """

    line: int
    op: str = ""
    by_operation: bool = False

    @property
    def text(self) -> str:
        """Name the operation, for a message: "'mul' is called otherwise"."""
        return f"{self.op!r} is called otherwise" if self.op else "it goes another way"


def difference(
    trace: Trace,
    function: Callable[..., Any],
    args: Sequence[Any],
    *,
    gradients: bool = True,
    sizes: bool = True,
    ones: bool = True,
) -> Difference | None:
    """Find the first call of another run that the trace does not foretell.

    Args:
        trace: of the function.
        function: the forward.
        args: real tensors and plain numbers.
        gradients: whether they are on; inside of an autograd.Function they are off.
        sizes: whether what is computed from sizes is compared: not at other ranks.
        ones: whether results may have sizes of 1 that they do not have in the trace.

    Raises:
        DoesNotRun: The forward does not take these arguments, or broadcasts them otherwise.
    """
    tape = Tape(merges=False)
    recorder = Recorder(tape, None, trace.recorder.code, trace.recorder.locate)
    run_again(recorder, function, args, gradients=gradients)
    if recorder.refused:
        return Difference(tape.calls[-1].line if tape.calls else 0)
    if not ones and has_new_ones(trace.tape, tape):
        raise DoesNotRun
    return Foretold(trace, args, sizes=sizes).first_difference(tape)


def run_again(
    recorder: Recorder,
    function: Callable[..., Any],
    args: Sequence[Any],
    *,
    gradients: bool,
) -> None:
    """Run a forward under a recorder.

    Raises:
        DoesNotRun: It does not take the arguments.
    """
    given = [copied(recorder.tape, each) for each in args]
    state = torch.get_rng_state()
    try:
        with (
            default_dtype(made_as(args)),
            torch.set_grad_enabled(gradients),
            recorder,
        ):
            function(*given)
    except LayergenError:
        pass  # on another way it may do what can't be followed
    except Exception as error:
        raise DoesNotRun from error
    finally:
        torch.set_rng_state(state)


def made_as(args: Sequence[Any]) -> torch.dtype:
    """Choose what `torch.zeros(3)` gives: of float64 inputs the same, as in the trace."""
    double = any(isinstance(e, Tensor) and e.dtype == torch.float64 for e in args)
    return torch.float64 if double else torch.get_default_dtype()


def has_new_ones(tape: Tape, run: Tape) -> bool:
    """Tell whether a result of another run has a size of 1, where the trace has another."""
    return any(
        other == 1 and (isinstance(size, torch.SymInt) or size != 1)
        for call, again in zip(tape.calls, run.calls, strict=False)
        for own, result in zip(tensors_of(call), tensors_of(again), strict=False)
        for size, other in zip(own.shape, result.shape, strict=False)
    )


def tensors_of(call: Entry) -> list[Tensor]:
    """List what a call gave."""
    result = call.result
    several = result if isinstance(result, tuple | list) else [result]
    return [each for each in several if isinstance(each, Tensor)]


def runs(function: Callable[..., Any], args: Sequence[Any]) -> bool:
    """Tell whether a forward takes arguments."""
    given = [each.clone() if isinstance(each, Tensor) else each for each in args]
    state = torch.get_rng_state()
    try:
        function(*given)
    except Exception:
        return False
    finally:
        torch.set_rng_state(state)
    return True


def copied(tape: Tape, value: Any) -> Any:
    """Copy a tensor, and put it on the tape as the argument that it is."""
    if not isinstance(value, Tensor):
        return value
    made = value.detach().clone()
    tape.leaf(Kind.ARGUMENT, "", made)
    return made


class Foretold:
    """What a trace says of a run on other arguments."""

    def __init__(self, trace: Trace, args: Sequence[Any], *, sizes: bool) -> None:
        self.trace = trace
        self.numbers = dict(zip(trace.names, args, strict=True))
        self.sizes = {
            symbol: sympy.Integer(args[position].shape[dim])
            for symbol, (position, dim) in (trace.symbols.items() if sizes else ())
        }
        self.compares_sizes = sizes
        floats = [e.dtype for e in args if isinstance(e, Tensor) and is_float(e)]
        self.dtype = floats[0] if floats else torch.float64
        self.devices = {each.device for each in args if isinstance(each, Tensor)}
        self.places: dict[int, int] = {}  # of the other run's entries, in the trace

    def first_difference(self, run: Tape) -> Difference | None:
        """Compare call by call."""
        tape = self.trace.tape
        for other, own in zip(leaves_of(run), leaves_of(tape), strict=True):
            self.places[other.index] = own.index
        for own, other in zip(tape.calls, run.calls, strict=False):
            if not self.is_same_call(own, other):
                inside = own.of_torch and other.of_torch and own.line == other.line
                return Difference(own.line, called(own.operation), by_operation=inside)
            if not self.pair(own, other, run):
                return Difference(own.line, called(own.operation), by_operation=True)
        if len(tape.calls) == len(run.calls):
            return None
        longer = max(tape.calls, run.calls, key=len)
        return Difference(longer[min(len(tape.calls), len(run.calls))].line)

    def is_same_call(self, own: Entry, other: Entry) -> bool:
        """Compare the operation, and all that it is given."""
        kwargs = {
            name: each
            for name, each in own.kwargs.items()
            if name in other.kwargs or not self.is_left_out(own, name)
        }
        return own.operation == other.operation and self.same(
            (own.args, kwargs), (other.args, other.kwargs)
        )

    def is_left_out(self, own: Entry, name: str) -> bool:
        """Tell whether a number that is named in the trace is a default here, which none spells."""
        value = own.kwargs[name]
        default = (defaults_of(own.func) or {}).get(name)
        return isinstance(value, FORMULAS) and self.value(value) == default

    def pair(self, own: Entry, other: Entry, run: Tape) -> bool:
        """Note that two calls give the same; False where they give another number of tensors."""
        self.places[other.index] = own.index
        several = [not isinstance(each.result, Tensor) for each in (own, other)]
        if not any(several):
            return True
        if not all(several) or len(own.result) != len(other.result):
            return False
        parts = dict(self.trace.tape.parts(own))
        for at, part in run.parts(other):
            self.places[part.index] = parts[at].index
        return True

    def same(self, own: Any, other: Any) -> bool:
        """Compare an argument with what it is in the other run."""
        if isinstance(own, ShapeRef) or isinstance(other, ShapeRef):
            both = isinstance(own, ShapeRef) and isinstance(other, ShapeRef)
            return both and self.same(own.of, other.of)
        match own:
            case Value(node):
                return isinstance(other, Value) and self.places.get(other.node) == node
            case tuple() | list():
                return isinstance(other, tuple | list) and (
                    len(own) == len(other) and all(map(self.same, own, other))
                )
            case dict():
                return isinstance(other, dict) and (
                    own.keys() == other.keys()
                    and all(self.same(own[key], other[key]) for key in own)
                )
            case slice():
                return isinstance(other, slice) and self.same(
                    (own.start, own.stop, own.step),
                    (other.start, other.stop, other.step),
                )
        return self.same_leaf(own, other)

    def same_leaf(self, own: Any, other: Any) -> bool:
        """Compare a number, a dtype, a device or another literal."""
        if isinstance(own, FORMULAS):
            return not self.compares_sizes or near(self.value(own), other)
        if isinstance(own, torch.dtype):
            return other in (own, self.in_this_run(own))
        if isinstance(own, torch.device):
            return other == own or other in self.devices
        if isinstance(own, float) and isinstance(other, float):
            return near(own, other)
        return type(own) is type(other) and bool(own == other)

    def in_this_run(self, dtype: torch.dtype) -> torch.dtype:
        """Tell which dtype stands where the trace, whose inputs are float64, has one."""
        if dtype == torch.float64:
            return self.dtype
        return self.dtype.to_complex() if dtype == torch.complex128 else dtype

    def value(self, number: Any) -> Any:
        """Evaluate a size, or a number that the user passes, in this run."""
        match number:
            case NamedFloat() | NamedInt():
                return self.value(number.number)
            case torch.SymInt() | torch.SymFloat():
                expression = self.trace.sandbox.expression(number)
                found = expression.xreplace(self.sizes)
                return int(found) if found.is_integer else float(found)
            case Scalar(name):
                return self.numbers[name]
            case Arithmetic(op, operands):
                return computed(op, [self.value(each) for each in operands])
            case Limit(name):
                return getattr(torch.finfo(self.dtype), name)
            case SizeAt(shape, dim):
                return self.value(shape[self.value(dim)])
        return number


def is_float(tensor: Tensor) -> bool:
    """Tell whether a tensor's dtype is what is printed as `x.dtype`."""
    return tensor.is_floating_point()


def leaves_of(tape: Tape) -> list[Entry]:
    """List the arguments on a tape."""
    return [each for each in tape.entries if each.kind is Kind.ARGUMENT]
