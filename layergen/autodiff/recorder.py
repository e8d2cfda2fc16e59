"""Record what a function computes, at the level of torch's public functions.

The user's forward and the rules' own operations are recorded the same way, onto one tape.
"""

import inspect
import operator
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import CodeType, FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from layergen.autodiff import adapter
from layergen.autodiff.named import plain
from layergen.autodiff.operations import Operation, is_in_place, operation, twin
from layergen.autodiff.purify import refusal_of, without_in_place
from layergen.autodiff.randomness import changes_state, is_random, shows_its_noise
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.simplify import TO_A_SHAPE, simpler
from layergen.autodiff.tape import Entry, ShapeRef, Tape, leaves, mapped
from layergen.errors import Place
from layergen.ir.graph import Kind, Phase, Syntax, Value

__all__ = ["Recorder", "watching_names"]

Locate = Callable[[int], Place | None]
# `2 - x` reaches torch as rsub(x, 2); what is recorded is sub(2, x), and runs as it says.
REFLECTED = {
    f"r{name}": (function, Operation(name, name, Syntax.OPERATOR))
    for name, function in (
        ("sub", operator.sub),
        ("div", operator.truediv),
        ("pow", operator.pow),
        ("matmul", operator.matmul),
    )
}


class Recorder(TorchFunctionMode):
    """Follow every call of torch, and write it onto a tape.

    Args:
        tape: where to.
        sandbox: whose tensors have no values.
        code: the user's function, to tell which of its lines is running.
        locate: turns a line of that function into a place in the user's text.
    """

    def __init__(
        self,
        tape: Tape,
        sandbox: adapter.Sandbox,
        code: CodeType | None,
        locate: Locate,
    ) -> None:
        super().__init__()
        self.tape = tape
        self.sandbox = sandbox
        self.code = code
        self.locate = locate

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run a call, and record it."""
        kwargs = dict(kwargs or {})
        found = operation(func)
        if reason := refusal_of(found, args, kwargs):
            raise self.refusal(reason, found)
        if is_in_place(found, kwargs) and args and isinstance(args[0], Tensor):
            return self.in_place(func, found, args, kwargs)
        if shows_its_noise(found, args, kwargs):
            return self.dropout(func, found, args, kwargs)
        result = self.known_shape(found, args)
        if result is None:
            result = func(*bare(args), **bare(kwargs))
        if found.op == "shape" and args:
            return self.shape_of(args[0], result)
        if not leaves(list_of(result), Tensor):
            return result
        if any(result is each for each in args):
            result = result.detach()  # a conversion that converts nothing, today
            if self.tape.phase is Phase.BACKWARD:
                return args[0]
        self.record(func, found, args, kwargs, result)
        return result

    def known_shape(self, found: Operation, args: tuple[Any, ...]) -> Tensor | None:
        """Make what a backward brings to a known shape; torch would prove at length that it fits."""
        if self.tape.phase is Phase.FORWARD or found.op not in TO_A_SHAPE:
            return None
        if len(args) != 2 or not isinstance(args[1], ShapeRef):
            return None
        return torch.empty(tuple(args[1]), dtype=args[0].dtype)

    def dropout(
        self,
        func: Callable[..., Any],
        found: Operation,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Draw a dropout's mask apart from what it scales: the mask can then be kept.

        The same random numbers are drawn, so the result is the same to the bit.
        """
        x = args[0] if args else kwargs["input"]
        p = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
        with torch.no_grad():
            with self:
                ones = torch.ones_like(x)
            keep_scale = func(ones, plain(p), True)
            entry = self.record(func, found, (ones, p, True), {}, keep_scale)
        entry.hint = "keep_scale"
        with self:
            return x * keep_scale

    def shape_of(self, tensor: Tensor, shape: Any) -> Any:
        """Make a shape that knows whose it is."""
        entry = self.tape.find(tensor)
        if entry is None:
            return shape
        made = ShapeRef(shape)
        made.of = Value(entry.index)
        return made

    def record(
        self,
        func: Callable[..., Any],
        found: Operation,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        result: Any,
    ) -> Entry:
        """Append a call to the tape, or find it there already."""
        tape = self.tape
        kwargs = without_defaults(func, kwargs)
        args, kwargs = with_one_dim(found, args, kwargs)
        if found.op in REFLECTED:
            func, found = REFLECTED[found.op]
            args = (args[1], args[0])
        own = self.referring(args, found), self.referring(kwargs, found)
        if tape.phase is Phase.BACKWARD and isinstance(result, Tensor):
            same = simpler(tape, found, own[0], own[1], result)
            if same is not None:
                tape.bind(result, same)
                return same
        forward = tape.phase is Phase.FORWARD
        constant = forward and not torch.is_grad_enabled()
        random = is_random(found, args, kwargs)
        key = None if random else (found, constant, spelled(own))
        entry = tape.known.get(key)
        if entry is None:
            entry = tape.add(Kind.CALL, found, *own, result)
            entry.func, entry.constant, entry.random = func, constant, random
            entry.changes_state = changes_state(found, args, kwargs)
            entry.line = self.line()
            if key is not None and not entry.changes_state:
                tape.known[key] = entry
        self.bind(entry, result, found)
        return entry

    def bind(self, entry: Entry, result: Any, found: Operation) -> None:
        """Say which entry computed a result, or the several of it."""
        if isinstance(result, Tensor):
            self.tape.bind(result, entry)
            return
        if not all(isinstance(each, Tensor) or each is None for each in result):
            raise self.refusal(Reason.NESTED_RESULT, found)
        for at, part in self.tape.parts(entry):
            self.tape.bind(result[at], part)

    def referring(self, found: Any, operation: Operation) -> Any:
        """Replace tensors by the entries that computed them."""

        def refer(leaf: Any) -> Any:
            if not isinstance(leaf, Tensor):
                return leaf
            entry = self.tape.find(leaf)
            if entry is None:
                raise self.refusal(
                    Reason.CAPTURED_TENSOR, operation, f"of shape {tuple(leaf.shape)}"
                )
            return Value(entry.index)

        return mapped(refer, found)

    def in_place(
        self,
        func: Callable[..., Any],
        found: Operation,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Tensor:
        """Run the twin that changes nothing, and let the tensor stand for its result."""
        changed: Tensor = args[0]
        before = self.tape.find(changed)
        if before is None:
            raise self.refusal(Reason.CAPTURED_TENSOR, found)
        if before.kind is Kind.ARGUMENT:
            raise self.refusal(Reason.INPUT_IN_PLACE, found)
        if self.has_other_views(changed):
            raise self.refusal(Reason.ALIAS_IN_PLACE, found)
        function = without_in_place(func, kwargs) or twin(found)
        if function is None:
            raise self.refusal(Reason.ALIAS_IN_PLACE, found)
        result = function(*bare(args), **bare(kwargs))
        if result.dtype != changed.dtype or result.dim() != changed.dim():
            raise self.refusal(Reason.ALIAS_IN_PLACE, found, "it keeps the dtype")
        entry = self.record(function, operation(function), args, kwargs, result)
        if entry is not before:
            # what was computed before the change keeps a tensor of its own
            before.result = torch.empty_like(changed)
            self.tape.bind(before.result, before)
        self.tape.bind(changed, entry)
        return changed

    def has_other_views(self, changed: Tensor) -> bool:
        """Tell whether another tensor looks at the same memory."""
        home = adapter.storage_of(changed)
        others = {id(each): each for each in self.tape.kept if each is not changed}
        return any(adapter.storage_of(each) == home for each in others.values())

    def line(self) -> int:
        """Find the line of the user's function that is running, or 0."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and self.code is not None:
            if frame.f_code is self.code:
                return frame.f_lineno
            frame = frame.f_back
        return 0

    def refusal(self, reason: Reason, found: Operation, detail: str = "") -> Exception:
        """Word a refusal at the user's line."""
        name = found.name.removeprefix("F.").rpartition(".")[2]
        place = self.locate(self.line())
        return refused(reason, op=name.strip("_"), place=place, detail=detail)


def with_one_dim(
    found: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Spell a reduction along one dimension `x.sum(-1)`, and not `x.sum((-1,))`."""
    if found.op not in REDUCTIONS:
        return args, kwargs
    if len(args) > 1 and isinstance(args[1], tuple | list) and len(args[1]) == 1:
        args = (args[0], args[1][0], *args[2:])
    dim = kwargs.get("dim")
    if isinstance(dim, tuple | list) and len(dim) == 1:
        kwargs = {**kwargs, "dim": dim[0]}
    return args, kwargs


REDUCTIONS = frozenset("sum mean var std amax amin logsumexp all any nansum".split())


def without_defaults(
    func: Callable[..., Any], kwargs: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Leave out what torch's own Python functions spell out as they call on."""
    if not kwargs or (defaults := defaults_of(func)) is None:
        return {name: each for name, each in kwargs.items() if each is not None}
    return {
        name: each
        for name, each in kwargs.items()
        if name != "_stacklevel" and not is_default(each, defaults.get(name))
    }


@cache
def defaults_of(func: Callable[..., Any]) -> Mapping[str, Any] | None:
    """Read a function's defaults, where it is written in Python."""
    try:
        parameters = inspect.signature(func).parameters
    except (TypeError, ValueError):
        return None
    return {name: each.default for name, each in parameters.items()}


def is_default(value: Any, default: Any) -> bool:
    """Tell whether a plain value is the default; a named number never is."""
    simple = isinstance(value, bool | str) or type(value) in (int, float)
    return value is default or value is None or (simple and value == default)


def bare(found: Any) -> Any:
    """Give torch numbers and shapes without their names."""
    return mapped(
        lambda leaf: tuple(leaf) if isinstance(leaf, ShapeRef) else plain(leaf), found
    )


def list_of(result: Any) -> Any:
    """See the results of an operation as a tuple, named tuples too."""
    return tuple(result) if isinstance(result, tuple | list) else result


def spelled(found: Any) -> str:
    """Spell arguments so that what differs is spelled differently: 1, 1.0 and True."""
    return repr(
        mapped(
            lambda leaf: (
                ("shape", leaf.of)
                if isinstance(leaf, ShapeRef)
                else (type(leaf).__name__, getattr(leaf, "number", leaf))
            ),
            found,
        )
    )


@contextmanager
def watching_names(tape: Tape, code: CodeType | None) -> Iterator[dict[str, int]]:
    """Learn the names of the user's variables while their function runs.

    Yields:
        The entries that its variables hold when it returns, by name.
    """
    at_return: dict[str, int] = {}

    def name_locals(frame: FrameType, event: str, arg: Any) -> Any:
        held = {
            name: entry
            for name, value in list(frame.f_locals.items())
            if isinstance(value, Tensor) and (entry := tape.find(value))
        }
        for name, entry in held.items():
            entry.hint = entry.hint or name
        if event == "return":
            at_return.update({name: entry.index for name, entry in held.items()})
        return name_locals

    def at_call(frame: FrameType, event: str, arg: Any) -> Any:
        return name_locals if frame.f_code is code else None

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield at_return
    finally:
        sys.settrace(before)
