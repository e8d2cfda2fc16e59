"""Differentiate one operation through autograd, and record what autograd runs."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import DispatchMode, decomposition
from layergen.autodiff.liveness import is_floating
from layergen.autodiff.operations import Operation
from layergen.autodiff.public import public
from layergen.autodiff.recorder import Recorder, bare
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.tape import Entry, leaves, mapped
from layergen.ir.graph import Kind, Syntax, Value

__all__ = ["through_autograd"]

aten = torch.ops.aten
PASSES_ON = (aten.detach.default, aten.alias.default, aten.lift_fresh.default)
LAYOUT = "as_strided"
FAR = 2**63 - 1  # how torch says that a slice has no end


class Mutates(Exception):
    """Autograd's own formula changes a tensor in place."""


class BelowAutograd(DispatchMode):  # type: ignore[no-untyped-call] # torch's
    """Record the operators that run below autograd."""

    def __init__(
        self, recorder: Recorder, entry: Entry, place: Any, *, functional: bool
    ) -> None:
        super().__init__()
        self.recorder = recorder
        self.entry = entry
        self.tape = recorder.tape
        self.place = place
        self.functional = functional

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run an operator, and record it."""
        kwargs = kwargs or {}
        if self.is_own(func, (args, kwargs)):
            result = func(*args, **kwargs)
            if len(as_list(result)) == len(as_list(self.entry.result)):
                self.recorder.bind(self.entry, result, self.entry.operation)
                return result
        if self.is_private(func) and (definition := self.definition(func, args)):
            with self:
                found = definition(*args, **kwargs)
            if found is not NotImplemented:
                return found
        result = func(*args, **kwargs)
        name = func._schema.name.split("::")[1]
        if func in PASSES_ON and (entry := self.tape.find(args[0])):
            self.tape.bind(result, entry)
            return result
        if func._schema.is_mutable:
            if self.functional and func is aten.copy_.default:
                self.refuse_operand(args[0])
                return result
            raise Mutates(name)
        if LAYOUT in name:
            raise refused(Reason.MEMORY_LAYOUT, op=name, place=self.place)
        if leaves(result, Tensor):
            found = public(func)
            if found.name.startswith("torch.") or found.syntax is not Syntax.FUNCTION:
                args, kwargs = as_public(found, args, kwargs)
            self.recorder.record(func, found, args, kwargs, result)
        return result

    def refuse_operand(self, changed: Tensor) -> None:
        """Refuse an operation that writes into what it is given."""
        entry = self.tape.find(changed)
        if entry and entry.index in self.entry.operands:
            raise refused(Reason.CHANGES_STATE, place=self.place)

    def is_own(self, func: Any, given: Any) -> bool:
        """Tell whether an operator is the very operation, whose result is known."""
        found = [self.tape.find(each) for each in leaves(given, Tensor)]
        own = [self.tape[index] for index in self.entry.operands]
        same = public(func).op == self.entry.op and found == own
        return same and not func._schema.is_mutable

    def definition(self, func: Any, args: tuple[Any, ...]) -> Any:
        """Find what an operator is written out as.

        A backward that takes what forward kept beside its result, as a mean, knows how that
        varies with the inputs; torch has no derivative of it, and its steps would get none.
        """
        found = [self.tape.find(each) for each in leaves(args, Tensor)]
        parts = [each for each in found if each and each.kind is Kind.PART]
        takes_kept = any(is_floating(each.result) for each in parts)
        is_backward = func._schema.name.endswith("_backward")
        return None if is_backward and takes_kept else decomposition(func)

    def is_private(self, func: Any) -> bool:
        """Tell whether an operator has no public spelling."""
        return public(func).is_below


def as_public(
    found: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Leave out what the public function does not take."""
    if found.op in ("softmax", "log_softmax", "reshape"):
        return args[:2], {}  # no half_to_float, no strides
    if found.op == "to":
        return args[:2], kwargs  # nor how, nor into which of them
    if found.op == "getitem":
        return (args[0], sliced(args[0].dim(), *args[1:], **kwargs)), {}
    return args, kwargs


def sliced(
    rank: int, dim: int = 0, start: Any = None, end: Any = None, step: int = 1
) -> tuple[slice, ...]:
    """Write a slice along one dimension as an index."""
    last = None if type(end) is int and end == FAR else end
    first = None if type(start) is int and start == 0 else start
    own = slice(first, last, None if step == 1 else step)
    return (*[slice(None)] * (dim % rank), own)


def through_autograd(
    recorder: Recorder, entry: Entry, gradient: Any, live: set[int]
) -> list[tuple[Entry, Tensor]]:
    """Give the gradients of an operation's operands.

    Raises:
        CannotDerive: Autograd has none, or not by operators that can be written down.
    """
    place = recorder.locate(entry.line)
    tape = recorder.tape
    sources = [tape[index] for index in dict.fromkeys(entry.operands) if index in live]
    operands = {index: tape.value(index).detach() for index in entry.operands}
    try:
        found = recorded(recorder, entry, gradient, sources, operands, place)
    except Mutates:
        found = functionalised(recorder, entry, gradient, sources, operands, place)
    pairs = []
    for source, each in zip(sources, found, strict=True):
        if each is None:
            continue
        if tape.find(each) is None:
            raise refused(Reason.BACKEND_OPERATOR, op=entry.op, place=place)
        pairs.append((source, each))
    return pairs


def recorded(
    recorder: Recorder,
    entry: Entry,
    gradient: Any,
    sources: Sequence[Entry],
    operands: dict[int, Tensor],
    place: Any,
) -> Sequence[Any]:
    """Record autograd at work; with create_graph its formulas can be differentiated again."""
    for source in sources:
        operands[source.index].requires_grad_()
    for index, leaf in operands.items():
        recorder.tape.bind(leaf, recorder.tape[index])
    wanted = [operands[source.index] for source in sources]
    with torch.enable_grad(), BelowAutograd(recorder, entry, place, functional=False):
        outputs, cotangents = selected(called(entry, operands), gradient)
        if not outputs:
            return [None] * len(sources)
        try:
            return torch.autograd.grad(
                outputs, wanted, cotangents, allow_unused=True, create_graph=True
            )
        except (RuntimeError, NotImplementedError) as error:
            if "not implemented" not in str(error) and "differentiation" not in str(
                error
            ):
                raise
            raise refused(Reason.NO_DERIVATIVE, op=entry.op, place=place) from error


def functionalised(
    recorder: Recorder,
    entry: Entry,
    gradient: Any,
    sources: Sequence[Entry],
    operands: dict[int, Tensor],
    place: Any,
) -> Sequence[Any]:
    """Record autograd with its in-place operators replaced."""
    tensors = {index: each.detach() for index, each in operands.items()}
    for index, leaf in tensors.items():
        recorder.tape.bind(leaf, recorder.tape[index])
    given = [each for each in as_list(gradient) if each is not None]

    def joint(
        wanted: Sequence[Tensor],
        cotangents: Sequence[Tensor],
        operands: dict[int, Tensor],
    ) -> Any:
        def run(*values: Tensor) -> tuple[Tensor, ...]:
            own = dict(zip((each.index for each in sources), values, strict=True))
            result = called(entry, operands | own)
            return tuple(selected(result, gradient, any_of_them=True)[0])

        vjp = torch.func.vjp(run, *wanted)[1]
        return vjp(tuple(cotangents))

    change: Callable[..., Any] = torch.func.functionalize(
        joint, remove="mutations_and_views"
    )
    wanted = [tensors[each.index] for each in sources]
    try:
        with (
            torch.enable_grad(),
            BelowAutograd(recorder, entry, place, functional=True),
        ):
            return list(change(wanted, given, tensors))
    except Mutates as error:
        raise refused(Reason.BACKEND_OPERATOR, op=entry.op, place=place) from error


def called(entry: Entry, operands: dict[int, Tensor]) -> Any:
    """Run the operation on other tensors."""
    assert entry.func is not None

    def put_back(leaf: Any) -> Any:
        return operands[leaf.node] if isinstance(leaf, Value) else leaf

    args, kwargs = mapped(put_back, entry.args), mapped(put_back, entry.kwargs)
    return entry.func(*bare(args), **bare(kwargs))


def selected(
    result: Any, gradient: Any, *, any_of_them: bool = False
) -> tuple[list[Tensor], list[Tensor]]:
    """Take the results that a gradient came for, and that have one or whatever they have."""
    pairs = [
        (one, other)
        for one, other in zip(as_list(result), as_list(gradient), strict=False)
        if other is not None and (any_of_them or one.requires_grad)
    ]
    return [one for one, _ in pairs], [other for _, other in pairs]


def as_list(found: Any) -> list[Any]:
    """See one tensor as a list of one."""
    return list(found) if isinstance(found, tuple | list) else [found]
