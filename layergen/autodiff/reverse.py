"""Sweep backwards over what was recorded: each operation hands its gradient to its operands."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.fallback import through_autograd
from layergen.autodiff.fitting import aligned, broadcasts_to, summed
from layergen.autodiff.liveness import (
    has_complex,
    live_entries,
)
from layergen.autodiff.operations import Operation
from layergen.autodiff.pairing import gradients_of
from layergen.autodiff.recorder import Recorder
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.rules.rule import Rule
from layergen.autodiff.rules.table import (
    COMPLEX,
    DEFINITIONS,
    ELEMENTWISE,
    RULES,
    SPREADING,
)
from layergen.autodiff.tape import Entry, ShapeRef
from layergen.autodiff.tidy import is_negated, origin_of, tidied
from layergen.autodiff.told import reason_of
from layergen.autodiff.widths import Widths
from layergen.ir.graph import Kind, Phase, Syntax, Value

__all__ = ["Adjoints"]


class Adjoints:
    """The gradients that have reached each value so far.

    Args:
        recorder: records what the rules compute.
        live: the entries that a gradient is to reach.
        fallback: whether an operation without a rule is differentiated through autograd.
    """

    def __init__(self, recorder: Recorder, live: set[int], *, fallback: bool) -> None:
        self.recorder = recorder
        self.tape = recorder.tape
        self.live = live
        self.fallback = fallback
        self.of: dict[int, Any] = {}
        self.fallbacks: list[str] = []
        self.widths = Widths(self.tape)

    def add(self, entry: Entry, gradient: Tensor) -> None:
        """Add a gradient to those of a value."""
        if entry.index not in self.live:
            return
        known = self.of.get(entry.index)
        with self.recorder:
            self.of[entry.index] = gradient if known is None else known + gradient

    def sweep(self, entries: Sequence[Entry]) -> None:
        """Hand the gradients back, from the last operation to the first."""
        for entry in reversed(entries):
            if entry.index not in self.of or entry.index not in self.live:
                continue
            if entry.kind is Kind.PART:
                self.collect(entry)
            elif entry.kind is Kind.CALL:
                self.step(entry)

    def collect(self, part: Entry) -> None:
        """Put the gradient of one of several results with those of the others."""
        whole, at = part.args[0].node, part.args[1]
        self.live.add(whole)
        count = len(self.tape[whole].result)
        gradients = self.of.setdefault(whole, [None] * count)
        gradients[at] = self.full(part)

    def full(self, entry: Entry) -> Tensor:
        """Take the gradient of a value in the value's own shape."""
        gradient: Tensor = self.of[entry.index]
        if not aligned(gradient, entry.result):
            with self.recorder:
                gradient = gradient.expand(self.shape(entry))
        return gradient

    def summed(self, entry: Entry, gradient: Tensor) -> Tensor:
        """Sum a gradient to a shape that may be smaller where inputs broadcast otherwise."""
        made = self.tape.find(gradient)
        assert made is not None
        if made.op == "sum_to_size":
            return gradient
        total = Operation("sum_to_size", "sum_to_size", Syntax.METHOD)
        args = (Value(made.index), self.shape(entry))
        own = self.tape.add(Kind.CALL, total, args, {}, torch.empty_like(gradient))
        result: Tensor = own.result
        return result

    def shape(self, entry: Entry) -> ShapeRef:
        """Take the shape of a value, by reference."""
        shape = ShapeRef(entry.result.shape)
        shape.of = Value(entry.index)
        return shape

    def step(self, entry: Entry) -> None:
        """Differentiate one operation."""
        try:
            self.differentiated(entry)
        except (
            RuntimeError,
            TypeError,
            ValueError,
            IndexError,
            ArithmeticError,
            AssertionError,
        ) as error:
            # torch's own, of sizes that are symbols: what runs on numbers may not run on these
            raise self.refusal(reason_of(error) or Reason.RULE_FAILED, entry) from error

    def differentiated(self, entry: Entry) -> None:
        """Hand on the gradient of one operation."""
        self.name_gradient(entry)
        if entry.random:
            raise self.refusal(Reason.HIDDEN_RANDOM, entry)
        if entry.operation.is_below:
            self.by_autograd(entry, self.of[entry.index])
            return
        if entry.op in DEFINITIONS and self.through_definition(entry):
            return
        rule = RULES.get(entry.op)
        lazy = entry.op in ELEMENTWISE
        gradient = self.of[entry.index]
        if isinstance(gradient, Tensor):
            spreads = lazy or (gradient.dim() == 0 and entry.op in SPREADING)
            if not spreads or self.is_outweighed(entry):
                gradient = self.full(entry)
        found = NotImplemented
        if rule is not None and (not has_complex(entry) or entry.op in COMPLEX):
            found = self.by_rule(rule, entry, gradient)
        if found is NotImplemented:
            self.by_autograd(entry, gradient)
            return
        args, kwargs = tuple(entry.args), entry.kwargs
        for operand, each in gradients_of(rule, args, kwargs, found):
            if each is not None and operand.node in self.live:
                self.hand(entry, self.tape[operand.node], each, lazy)

    def is_outweighed(self, entry: Entry) -> bool:
        """Tell whether a gradient of no dimensions meets one of another dtype, which would win."""
        return self.of[entry.index].dim() == 0 and self.widths.meets_another(entry)

    def by_rule(self, rule: Rule, entry: Entry, gradient: Any) -> Any:
        """Run a rule, and record what it computes."""
        args, kwargs = self.tape.live(entry.args), self.tape.live(entry.kwargs)
        with torch.no_grad(), self.recorder:
            return rule(gradient, entry.result, *args, **kwargs)

    def hand(self, entry: Entry, operand: Entry, gradient: Tensor, lazy: bool) -> None:
        """Bring a gradient to the shape and dtype of its operand, and add it there."""
        with torch.no_grad(), self.recorder:
            if not aligned(gradient, operand.result) or is_spread(entry, operand, lazy):
                gradient = self.fitted(entry, operand, gradient, lazy)
            gradient = tidied(self.tape, gradient)
            if gradient.is_complex() and not operand.result.is_complex():
                gradient = gradient.real
            if gradient.dtype != operand.result.dtype:
                gradient = gradient.to(operand.result.dtype)
            elif self.mixes(entry, operand):
                gradient = self.converted(gradient)
        self.add(operand, gradient)

    def mixes(self, entry: Entry, operand: Entry) -> bool:
        """Tell whether an operand in the inputs' dtype meets one in another of its own.

        They agree in the widest dtype, float64, in which the forward is traced; inputs in a
        narrow one are widened by the other, and the gradient must be made narrow again.
        """
        return self.widths.meets_another(entry) and not self.widths.is_own(operand)

    def converted(self, gradient: Tensor) -> Tensor:
        """Record a conversion to the inputs' dtype, which this gradient has today."""
        made = self.tape.find(gradient)
        assert made is not None
        to = Operation("to", "to", Syntax.METHOD)
        args = (Value(made.index), gradient.dtype)
        own = self.tape.add(Kind.CALL, to, args, {}, torch.empty_like(gradient))
        result: Tensor = own.result
        return result

    def fitted(
        self, entry: Entry, operand: Entry, gradient: Tensor, lazy: bool
    ) -> Tensor:
        """Sum over what the operand was broadcast along; leave what broadcasts to it."""
        if is_negated(self.tape, gradient):
            return -self.fitted(entry, operand, origin_of(self.tape, gradient), lazy)
        whole = entry.result if isinstance(entry.result, Tensor) else None
        if lazy and whole is not None:
            if aligned(operand.result, whole):
                return gradient  # it still broadcasts to the operand
            if not aligned(gradient, whole):
                gradient = gradient.expand(self.shape(entry))
            return summed(gradient, operand, self.shape(operand), self.tape.entries)
        if broadcasts_to(gradient, operand.result):
            return gradient
        return gradient.sum_to_size(self.shape(operand))

    def through_definition(self, entry: Entry) -> bool:
        """Differentiate what an operation is defined as."""
        start = len(self.tape.entries)
        known, self.tape.known = self.tape.known, {}  # what came later is swept already
        args, kwargs = self.tape.live(entry.args), self.tape.live(entry.kwargs)
        self.tape.phase = Phase.FORWARD
        try:
            with torch.enable_grad(), self.recorder:
                result = DEFINITIONS[entry.op](*args, **kwargs)
        finally:
            self.tape.phase, self.tape.known = Phase.BACKWARD, known
        if result is NotImplemented:
            return False
        inside = self.tape.entries[start:]
        self.live |= {
            index
            for index in live_entries(
                inside, [self.tape[index] for index in sorted(self.live)]
            )
            if index >= start
        }
        last = self.tape.find(result)
        assert last is not None
        if last.index in self.live:
            self.of[last.index] = self.of[entry.index]
            self.sweep([each for each in inside if each.phase is Phase.FORWARD])
        return True

    def by_autograd(self, entry: Entry, gradient: Any) -> None:
        """Differentiate one operation through autograd, and record what that runs."""
        if not self.fallback:
            raise self.refusal(Reason.NO_RULE, entry)
        self.fallbacks.append(entry.op)
        for operand, each in through_autograd(
            self.recorder, entry, gradient, self.live
        ):
            with torch.no_grad(), self.recorder:
                if each.dtype != operand.result.dtype:
                    each = each.to(operand.result.dtype)
            self.add(operand, each)

    def name_gradient(self, entry: Entry) -> None:
        """Call the gradient of `scores` grad_scores."""
        gradient = self.of[entry.index]
        made = self.tape.find(gradient) if isinstance(gradient, Tensor) else None
        if not made or made.phase is Phase.FORWARD or made.kind is Kind.COTANGENT:
            return
        if entry.hint:
            made.hint = made.hint or f"grad_{entry.hint}"
        else:
            made.gradient_of = made.gradient_of or entry.op

    def refusal(self, reason: Reason, entry: Entry) -> Exception:
        """Word a refusal at the line of an operation."""
        return refused(reason, op=entry.op, place=self.recorder.locate(entry.line))


def is_spread(entry: Entry, operand: Entry, lazy: bool) -> bool:
    """Tell whether an operand was broadcast, where a gradient of its shape is that of many."""
    whole = entry.result
    return lazy and isinstance(whole, Tensor) and not aligned(operand.result, whole)
