"""Changes in place, recorded as what computes a new tensor that the changed one stands for."""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from torch import Tensor

from layergen.autodiff.aliases import Aliases, Records
from layergen.autodiff.assigning import assigned
from layergen.autodiff.calling import line_of
from layergen.autodiff.liveness import is_promoted
from layergen.autodiff.operations import Operation, operation, twin
from layergen.autodiff.purify import without_in_place
from layergen.autodiff.refusal import Reason
from layergen.autodiff.sharing import has_gradient, is_input
from layergen.autodiff.tape import Entry
from layergen.errors import Place
from layergen.ir.graph import Syntax

__all__ = ["changed_in_place"]

TYPE_AS = Operation("type_as", "type_as", Syntax.METHOD)
# What these leave behind has another shape, which a tensor without values can't take on.
TURNED = frozenset(
    ["squeeze_", "swapaxes_", "swapdims_", "t_", "transpose_", "unsqueeze_"]
)


# What is drawn into a tensor without values depends on its shape alone: under vmap, too.
DRAWS = frozenset(["bernoulli_"])
EMPTY = frozenset(["empty_like", "new_empty"])


class Recorder(Records, Protocol):
    """What does the recording."""

    code: Any
    aliases: Aliases

    def place(self, line: int) -> Place | None: ...
    def result_of(self, func: Any, found: Operation, args: Any, kwargs: Any) -> Any: ...
    def record(
        self, func: Any, found: Operation, args: Any, kwargs: Any, result: Any
    ) -> Entry: ...


def changed_in_place(
    recorder: Recorder,
    func: Callable[..., Any],
    found: Operation,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Tensor | None:
    """Record what a call leaves behind, and give what it returns.

    Raises:
        CannotDerive: It changes an input, or what nobody can follow.
    """
    changed: Tensor = args[0]
    before = recorder.tape.find(changed)
    if before is None:
        raise refusal(recorder, Reason.CHANGES_STATE, found)
    if is_input(recorder.tape, changed):
        raise refusal(recorder, Reason.INPUT_IN_PLACE, found)
    if not torch.is_grad_enabled() and has_gradient(recorder.tape, changed):
        raise refusal(recorder, Reason.ALIAS_IN_PLACE, found, "where gradients are off")
    place = recorder.place(line_of(recorder.code))
    if found.op in WRITES:
        entry = written(recorder, found, args, kwargs)
        if entry is not None:
            recorder.aliases.change(changed, entry, found, place)
        return None if found.op == "setitem" else changed
    result, entry = computed(recorder, func, found, args, kwargs)
    if found.op in TURNED:
        recorder.aliases.lose(changed, found, place)
        recorder.aliases.stale.pop(id(result), None)
        return result
    if is_promoted(recorder.tape, before, args[1:]):
        kept = result.type_as(changed)
        entry = recorder.record(Tensor.type_as, TYPE_AS, (result, changed), {}, kept)
    if recorder.sandbox is None:
        with torch.no_grad():
            changed.copy_(result)  # others look at it by their own names
    recorder.aliases.change(changed, entry, found, place)
    return changed


def computed(
    recorder: Recorder,
    func: Callable[..., Any],
    found: Operation,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> tuple[Tensor, Entry]:
    """Run the twin that changes nothing, and record it.

    Raises:
        CannotDerive: There is none, or it gives another dtype.
    """
    changed = args[0]
    before = recorder.tape.find(changed)
    function = without_in_place(func, kwargs) or twin(found)
    if function is None:
        raise refusal(recorder, Reason.ALIAS_IN_PLACE, found)
    if found.op in DRAWS and before is not None and before.op in EMPTY:
        args = (nothing_like(recorder, changed), *args[1:])
    result = recorder.result_of(function, found, args, kwargs)
    if result.dtype != changed.dtype:
        raise refusal(recorder, Reason.ALIAS_IN_PLACE, found, "it keeps the dtype")
    return result, recorder.record(function, operation(function), args, kwargs, result)


def nothing_like(recorder: Recorder, tensor: Tensor) -> Tensor:
    """Make a tensor without values that is made of no other one."""
    with recorder:
        shape = tuple(tensor.shape)
        return torch.empty(shape, dtype=tensor.dtype, device=tensor.device)


def written(
    recorder: Recorder, found: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Entry | None:
    """Record an assignment; nothing where it writes what is there."""
    changed, index, value = WRITES[found.op](*args, **kwargs)
    if recorder.aliases.is_written(changed, index, value):
        return None
    with recorder:
        now = assigned(changed, index, value)
    entry = None if now is NotImplemented else recorder.tape.find(now)
    if entry is None:
        raise refusal(recorder, Reason.INDEXED_ASSIGNMENT, found)
    if recorder.sandbox is None:
        with torch.no_grad():
            changed.copy_(now)
    return entry


# What writes a value, by its arguments: to what, where, and which.
WRITES: dict[str, Callable[..., tuple[Tensor, Any, Any]]] = {
    "setitem": lambda tensor, index, value: (tensor, index, value),
    "copy_": lambda tensor, src, non_blocking=False: (tensor, ..., src),
    "fill_": lambda tensor, value: (tensor, ..., value),
    "zero_": lambda tensor: (tensor, ..., 0),
}


def refusal(
    recorder: Recorder, reason: Reason, found: Operation, detail: str = ""
) -> Any:
    """Word a refusal at the user's line."""
    return recorder.refusal(reason, found, detail, None)
