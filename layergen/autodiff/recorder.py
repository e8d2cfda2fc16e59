"""Record what a function computes, at the level of torch's public functions.

The user's forward and the rules' own operations are recorded the same way, onto one tape.
"""

import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from layergen.autodiff.adapter import Sandbox
from layergen.autodiff.aliases import Aliases
from layergen.autodiff.calling import called, caller_of, is_torch, line_of, run
from layergen.autodiff.canonical import (
    bare,
    canonical,
    is_plain,
    list_of,
    literal,
    spellings,
)
from layergen.autodiff.in_place import changed_in_place
from layergen.autodiff.misfits import refuse_misfits
from layergen.autodiff.named import plain
from layergen.autodiff.operations import Operation, is_in_place, operation
from layergen.autodiff.purify import of_user_only, refusal_of
from layergen.autodiff.randomness import changes_state, is_random, shows_its_noise
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.rules.table import UNFOLDED
from layergen.autodiff.simplify import TO_A_SHAPE, simpler
from layergen.autodiff.tape import Entry, ShapeRef, Tape, leaves, mapped
from layergen.autodiff.told import reason_of
from layergen.errors import CannotDerive, Place
from layergen.ir.graph import Kind, Phase, Value

__all__ = ["Recorder", "bare"]

Locate = Callable[[int], Place | None]


class Recorder(TorchFunctionMode):
    """Follow every call of torch, and write it onto a tape.

    Args:
        tape: where to.
        sandbox: whose tensors have no values; None where they are real.
        code: the user's function, to tell which of its lines is running.
        locate: turns a line of that function into a place in the user's text.
    """

    def __init__(
        self,
        tape: Tape,
        sandbox: Sandbox | None,
        code: CodeType | None,
        locate: Locate,
    ) -> None:
        super().__init__()
        self.tape = tape
        self.sandbox = sandbox
        self.code = code
        self.locate = locate
        # the first one: the user's own `except` may swallow what is raised
        self.refused: CannotDerive | None = None
        self.asked_by_torch: set[int] = set()  # guards on sizes that an operation needs
        self.handed_on: set[int] = set()  # tensors that a call returned as they were
        self.aliases = Aliases(self)

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
        self.refuse(found, args, kwargs, sys._getframe(1))
        if self.tape.phase is Phase.FORWARD:
            self.refresh((args, kwargs))
        if is_in_place(found, kwargs) and args and isinstance(args[0], Tensor):
            return changed_in_place(self, func, found, args, kwargs)
        if found.op in UNFOLDED and self.tape.phase is Phase.FORWARD:
            with self:
                steps = UNFOLDED[found.op](*args, **kwargs)
            if steps is not NotImplemented:
                self.handed_on.add(id(steps))
                return steps
        if shows_its_noise(found, args, kwargs):
            return self.dropout(func, found, args, kwargs)
        result = self.known_shape(found, args)
        if result is None:
            result = self.result_of(func, found, args, kwargs)
        if isinstance(result, torch.Size) and args:  # of x.shape, or of x.size()
            return self.shape_of(args[0], result)
        if not leaves(list_of(result), Tensor):
            return result
        if any(result is each for each in args):
            result = result.detach()  # a conversion that converts nothing, today
            # type_as is for autocast: dtypes that agree here may differ there
            if self.tape.phase is Phase.BACKWARD and found.op != "type_as":
                return args[0]
        self.record(func, found, args, kwargs, result)
        return result

    def refresh(self, found: Any) -> None:
        """Bring tensors up to date whose memory was changed by another name."""
        for each in leaves(found, Tensor) if self.aliases.stale else ():
            self.aliases.refresh(each)

    def refuse(
        self,
        found: Operation,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        caller: FrameType,
    ) -> None:
        """Refuse what can't be in a forward; torch's own code may ask what the user's may not."""
        reason = refusal_of(found, args, kwargs)
        if reason is None or (of_user_only(reason) and is_torch(caller)):
            return
        raise self.refusal(reason, found)

    def result_of(
        self,
        func: Callable[..., Any],
        found: Operation,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Run a call; what torch's exceptions say is said in our words, and remembered."""
        before = self.sandbox.asked() if self.sandbox else 0
        if self.sandbox is None:
            refuse_misfits(found.op, args, kwargs)
        try:
            return run(func, args, kwargs)
        except Exception as error:
            if (reason := reason_of(error)) is None:
                raise
            first = next(iter(str(error).strip().splitlines()), "")
            raise self.refusal(reason, found, first) from error
        finally:
            if self.sandbox:
                self.asked_by_torch.update(range(before, self.sandbox.asked()))

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
        of_ones = getattr(self.tape.find(x), "op", "") in ("ones", "ones_like")
        with torch.no_grad():
            with self:
                ones = x if of_ones else torch.ones_like(x)
            keep_scale = func(ones, plain(p), True)
            entry = self.record(func, found, (ones, p, True), {}, keep_scale)
        entry.hint = "keep_scale"
        with self:
            return keep_scale if of_ones else x * keep_scale

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
        func, found, args, kwargs = canonical(func, found, args, kwargs)
        own = self.referring(args, found), self.referring(kwargs, found)
        if tape.phase is Phase.BACKWARD and isinstance(result, Tensor):
            same = simpler(tape, found, own[0], own[1], result)
            if same is not None:
                tape.bind(result, same)
                return same
        constant = tape.phase is Phase.FORWARD and not torch.is_grad_enabled()
        random = is_random(found, args, kwargs)
        keys = [(constant, each) for each in spellings(found, own, tape.phase)]
        entry = None if random else tape.recalled(keys)
        if entry is None:
            entry = tape.add(Kind.CALL, found, *own, result)
            entry.func, entry.constant, entry.random = func, constant, random
            entry.changes_state = changes_state(found, args, kwargs)
            entry.line, entry.of_torch = line_of(self.code), is_torch(caller_of(func))
            if not random and not entry.changes_state:
                tape.known[keys[0]] = entry
        tape.calls.append(entry)
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
                return self.written(leaf, operation)
            entry = self.tape.find(leaf)
            if entry is None:
                raise self.refusal(
                    Reason.CAPTURED_TENSOR, operation, f"of shape {tuple(leaf.shape)}"
                )
            return Value(entry.index)

        return mapped(refer, found)

    def written(self, leaf: Any, operation: Operation) -> Any:
        """Refuse an argument that can't be written down: a function, a generator."""
        leaf = literal(leaf)
        if not is_plain(leaf):
            kind = getattr(leaf, "__name__", type(leaf).__name__)
            raise self.refusal(Reason.OBJECT_ARGUMENT, operation, kind)
        return leaf

    def place(self, line: int) -> Place | None:
        """Find a line of the user's function in their text, or where it begins."""
        return self.locate(line or (self.code.co_firstlineno if self.code else 0))

    def refusal(
        self,
        reason: Reason,
        found: Operation | str,
        detail: str = "",
        at: Place | None = None,
    ) -> CannotDerive:
        """Word a refusal at the user's line, and remember it."""
        name = found if isinstance(found, str) else called(found)
        place = at or self.place(line_of(self.code))
        made = refused(reason, op=name, place=place, detail=detail)
        self.refused = self.refused or made
        return made
