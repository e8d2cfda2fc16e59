"""Tensors that look at one memory: what a change of one makes of the others.

Nothing is changed in a trace. Where the forward changes a tensor in place, the tensor stands for
what is computed instead; what it is a view of stands for itself with that written into it; and
every other view is computed anew of its base where it is used again, or refused there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from layergen.autodiff.adapter import storage_of
from layergen.autodiff.assigning import REVERSIBLE, written_back
from layergen.autodiff.operations import Operation
from layergen.autodiff.refusal import Reason
from layergen.autodiff.sharing import may_copy
from layergen.autodiff.tape import Entry, Tape, leaves
from layergen.errors import CannotDerive, Place
from layergen.ir.graph import Kind, Value

__all__ = ["Aliases"]


class Records(Protocol):
    """What a recorder is to this."""

    tape: Tape
    sandbox: Any

    def __enter__(self) -> Any: ...
    def __exit__(self, *error: Any) -> None: ...
    def __torch_function__(
        self, func: Any, types: Any, args: Any, kwargs: Any
    ) -> Any: ...
    def refusal(
        self, reason: Reason, found: Operation | str, detail: str, at: Place | None
    ) -> CannotDerive: ...


@dataclass(frozen=True, slots=True)
class View:
    """How a tensor came to look at another's memory.

    Attributes:
        base: whose memory it is.
        call: what was called on it.
        part: which of several results it is.
    """

    base: Tensor
    call: Entry
    part: int | None

    @property
    def is_getitem(self) -> bool:
        """Whether it is `base[index]`."""
        return self.call.op == "getitem"


class Aliases:
    """What is known of the views among a recorder's tensors."""

    def __init__(self, recorder: Records) -> None:
        self.recorder = recorder
        self.tape = recorder.tape
        self.views: dict[int, View] = {}
        self.written: set[int] = (
            set()
        )  # what computed these says not whose views they are
        self.stale: dict[int, tuple[Operation, Place | None]] = {}

    def is_stale(self, tensor: Tensor) -> bool:
        """Tell whether a tensor's memory was changed since it was computed."""
        return id(tensor) in self.stale

    def is_written(self, tensor: Tensor, index: Any, value: Any) -> bool:
        """Tell whether `tensor[index] = value` writes what is there: it follows `[index] += 1`."""
        view = self.views.get(id(value))
        if view is None or view.base is not tensor or self.is_stale(value):
            return False
        if not view.is_getitem or leaves(index, Tensor):
            return False
        return view.call.args[1:] == (index,)

    def change(
        self, tensor: Tensor, entry: Entry, found: Operation, place: Place | None
    ) -> None:
        """Let a tensor stand for another result, and all that it is a view of for what they are now.

        Args:
            tensor: was changed in place.
            entry: computed what it is now.
            found: changed it.
            place: where.
        """
        others = self.around(tensor)
        known = all(is_reversible(view) for view in self.views_above(tensor))
        self.become(tensor, entry)
        changed = {id(tensor)}
        while known and (view := self.views.get(id(tensor))) is not None:
            written = self.put_back(tensor, view)
            if written is None:
                break
            self.become(view.base, written)
            tensor = view.base
            changed.add(id(tensor))
        lost = {id(view.base) for view in self.views_above(tensor)}
        for each in others:
            if id(each) in lost:
                self.views.pop(id(each), None)
            if id(each) not in changed:
                self.stale[id(each)] = (found, place)

    def put_back(self, tensor: Tensor, view: View) -> Entry | None:
        """Compute what a base is now that a view of it is another; None where it can't be told."""
        args = self.tape.live(view.call.args[1:])
        kwargs = self.tape.live(view.call.kwargs)
        with self.recorder:
            now = written_back(view.call.op, view.base, tensor, args, kwargs)
        return None if now is NotImplemented else self.tape.find(now)

    def lose(self, tensor: Tensor, found: Operation, place: Place | None) -> None:
        """Refuse what looks at a tensor's memory where it is used again."""
        for each in self.around(tensor):
            self.views.pop(id(each), None)
            self.stale[id(each)] = (found, place)

    def refresh(self, tensor: Tensor) -> None:
        """Compute a view anew, if its base was changed since.

        Raises:
            CannotDerive: Nobody knows what became of it.
        """
        if not self.is_stale(tensor):
            return
        view = self.views.get(id(tensor))
        if view is None:
            found, place = self.stale[id(tensor)]
            raise self.recorder.refusal(Reason.ALIAS_IN_PLACE, found, "", place)
        self.refresh(view.base)
        args = (view.base, *self.tape.live(view.call.args[1:]))
        kwargs = self.tape.live(view.call.kwargs)
        with torch.set_grad_enabled(not view.call.constant):  # as where it was taken
            result = self.recorder.__torch_function__(view.call.func, (), args, kwargs)
        now = self.tape.find(result if view.part is None else result[view.part])
        assert now is not None  # it was recorded
        del self.stale[id(tensor)]
        self.become(tensor, now)

    def become(self, tensor: Tensor, entry: Entry) -> None:
        """Let a tensor stand for another result; what was computed before keeps one of its own."""
        before = self.tape.find(tensor)
        if before is None or before is entry:
            return
        self.written.add(id(tensor))
        own = torch.empty_like(tensor)
        if before.result is tensor:
            before.result = own
            self.tape.bind(own, before)
        if before.kind is Kind.PART:
            whole = self.tape[before.operands[0]]
            whole.result = tuple(own if e is tensor else e for e in whole.result)
        self.tape.bind(tensor, entry)

    def around(self, tensor: Tensor) -> list[Tensor]:
        """List what looks at a tensor's memory, and note how it came to."""
        home = storage_of(tensor)
        held = {id(each): each for each in self.tape.kept}
        group = [each for each in held.values() if storage_of(each) == home]
        by_entry = dict(self.bound(reversed(group)))
        for each in group:
            is_known = id(each) in self.views or id(each) in self.written
            view = None if is_known else self.view_of(each, by_entry)
            if view is not None and not self.is_stale(each):
                self.views[id(each)] = view
        return group

    def bound(self, group: Any) -> Iterator[tuple[int, Tensor]]:
        """Pair each tensor of a group with the entry that it stands for."""
        for each in group:
            entry = self.tape.find(each)
            if entry is not None:
                yield entry.index, each

    def view_of(self, tensor: Tensor, group: Mapping[int, Tensor]) -> View | None:
        """Tell how a tensor came to look at another one's memory, if it did."""
        call, part = self.tape.find(tensor), None
        if call is not None and call.kind is Kind.PART:
            part = call.args[1]
            call = self.tape[call.operands[0]]
        if call is not None and may_copy(call):
            return None  # the layout of the day decides
        first = call.args[0] if call is not None and call.args else None
        if call is None or call.func is None or not isinstance(first, Value):
            return None
        base = group.get(first.node)
        return None if base is None else View(base, call, part)

    def views_above(self, tensor: Tensor) -> Iterator[View]:
        """Walk up to what a tensor is a view of."""
        while (view := self.views.get(id(tensor))) is not None:
            yield view
            tensor = view.base


def is_reversible(view: View) -> bool:
    """Tell whether what is written into a view can be told of its base.

    Not of one of several, which torch refuses to change; nor of what has a place twice, as an
    expanded tensor: there the other views change, too.
    """
    return view.part is None and view.call.op in REVERSIBLE
