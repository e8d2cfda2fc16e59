"""Derive one forward, as often as it takes to know that nothing of the example is in it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from layergen.autodiff.adapter import load_compiler
from layergen.autodiff.burnt import Burnt, burnt, integers, is_resized, meets
from layergen.autodiff.compare import graph_difference, without_shapes
from layergen.autodiff.conjugates import with_real
from layergen.autodiff.demands import Demand
from layergen.autodiff.followed import sizes_followed
from layergen.autodiff.gather import gathered
from layergen.autodiff.guards import Freed
from layergen.autodiff.liveness import is_floating
from layergen.autodiff.named import numbers_kept
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.rerun import runs
from layergen.autodiff.sweep import Sweep, swept
from layergen.autodiff.trace import Locate, Trace, in_float64, traced
from layergen.autodiff.way_back import asked_on_the_way_back
from layergen.errors import CannotDerive
from layergen.ir.gradients import Gradients, LookedAt
from layergen.ir.graph import Kind
from layergen.spec.model import Recompute

__all__ = ["Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """What is derived.

    Attributes:
        function: the forward, of tensors, numbers, strings and None.
        names: of its arguments.
        wanted: positions to differentiate by.
        broadcast: arguments whose gradients are always summed to their own shapes.
        recompute: what backward computes again instead of keeping.
        fallback: whether an operation without a rule may go through autograd.
        locate: turns a line of the function into a place in the user's text.
        literal: numbers that it may hold for one value of alone.
        all_others: whether it must hold for all inputs of other sizes.
        ways_back: whether what is kept may have a gradient of its own.
    """

    function: Callable[..., Any]
    names: tuple[str, ...]
    wanted: tuple[int, ...]
    broadcast: frozenset[str]
    recompute: Recompute
    fallback: bool
    locate: Locate
    literal: frozenset[str]
    all_others: bool
    ways_back: bool

    def with_integers(
        self, inputs: Sequence[Any], others: Sequence[tuple[Any, ...]]
    ) -> Gradients:
        """Carry integers by name where that is possible, and else as they are."""
        named = [
            name
            for name, value in zip(self.names, inputs, strict=True)
            if type(value) is int and name not in self.literal
        ]
        try:
            found = self.held(inputs, others)
            seen = {each.argument for each in found.looked_at}.intersection(named)
            if not seen:
                return found
        except CannotDerive:
            if not named:
                raise
            seen = set(named)
        plain = replace(self, literal=self.literal | seen)
        found = plain.with_integers(inputs, others)
        own = [LookedAt(each) for each in sorted(seen)]
        return replace(found, looked_at=(*found.looked_at, *own))

    def held(
        self, inputs: Sequence[Any], others: Sequence[tuple[Any, ...]]
    ) -> Gradients:
        """Derive, and again wherever something may have been burnt in."""
        gradients, found = self.done(inputs, others)
        demands = list(found.demands)
        freest = gradients
        for each in found.freed:
            again = self.where_broken(each, demands, gradients)
            if again is None:
                demands.append(each.demand)
            elif is_freer(again, freest):
                freest = again
        gradients = freest if len(demands) == len(found.demands) else gradients
        demands = needed(demands)
        resized = [each for each in others if is_resized(inputs, each)]
        self.refuse_demands(demands, resized)
        self.refuse_burnt_in([e for e in resized if meets(e, demands)], gradients)
        return replace(
            with_real(gradients, self.function, inputs),
            looked_at=tuple(self.looked_at(inputs, gradients)),
            conditions=tuple(e.condition for e in demands if e.condition),
        )

    def where_broken(
        self, freed: Freed, demands: Sequence[Demand], gradients: Gradients
    ) -> Gradients | None:
        """Derive where a guard does not hold; None where another formula comes of it.

        Where the sizes are nearest, and where they are farthest: 9 // 2 is 8 // 2.
        """
        found = [each for each in freed.choices if meets(each, demands)]
        again = gradients
        for args in (found[:1], found[-1:])[: len(found)]:
            try:
                again = self.done(args[0], None)[0]
            except CannotDerive:
                return None
            if graph_difference(gradients.graph, again.graph, args[0]):
                return None
        return again

    def refuse_demands(
        self, demands: Sequence[Demand], others: Sequence[tuple[Any, ...]]
    ) -> None:
        """Refuse what the function can't ask for, or what is no property of free sizes."""
        for each in demands:
            met = all(meets(args, [each]) for args in others)
            if each.condition is None or (self.all_others and not is_free(each, met)):
                raise each.refusal

    def refuse_burnt_in(
        self, others: Sequence[tuple[Any, ...]], gradients: Gradients
    ) -> None:
        """Refuse what is another text at each of the other sizes."""
        told = ""
        for args in others:
            again = self.done(args, None)[0]
            told = graph_difference(gradients.graph, again.graph, args)
            if not told:
                return
        if told:
            raise refused(Reason.BURNT_IN, place=self.locate(0), detail=told)

    def looked_at(
        self, inputs: Sequence[Any], gradients: Gradients
    ) -> Iterator[LookedAt]:
        """List the numbers that matter; what a rule makes of an integer, C code may look at."""
        yield from gradients.looked_at
        known = {each.argument for each in gradients.looked_at} | self.literal
        for at, name in enumerate(self.names):
            if type(inputs[at]) is not int or name in known:
                continue
            for other in integers(inputs[at]):
                args = [*inputs[:at], other, *inputs[at + 1 :]]
                if runs(self.function, args):
                    again = self.done(args, None)[0]
                    if without_shapes(again.graph) != without_shapes(gradients.graph):
                        yield LookedAt(name)
                    break

    def done(
        self, inputs: Sequence[Any], others: Sequence[tuple[Any, ...]] | None
    ) -> tuple[Gradients, Burnt]:
        """Derive at some inputs; hold the trace against other runs, unless others is None."""
        given = [in_float64(each) for each in inputs]
        load_compiler()
        with numbers_kept() as looks, sizes_followed():
            trace = traced(self.function, given, self.names, self.locate, self.literal)
            found = Burnt()
            if others is not None:
                found = burnt(trace, self.function, given, others, list(looks))
            by_forward, asked = len(looks), trace.sandbox.asked()
            before = trace.tape.mark()
            sweep = self.swept(trace)
            if others is not None and sweep.fallbacks:
                found = found.and_freed(
                    asked_on_the_way_back(
                        trace, self.function, given, found.demands, asked
                    )
                )
            by_rules = [LookedAt(e) for look in looks[by_forward:] for e in look.names]
        numbers = (*found.numbers, *by_rules)

        def again(through: Collection[int]) -> Sweep:
            trace.tape.rewind(before)
            with numbers_kept(), sizes_followed():
                return self.swept(trace, through)

        gradients = gathered(
            trace, sweep, self.names, self.recompute, again if self.ways_back else None
        )
        looked_at = {each.argument: each for each in numbers}
        return replace(gradients, looked_at=tuple(looked_at.values())), found

    def swept(self, trace: Trace, through: Collection[int] = ()) -> Sweep:
        """Sweep back over a trace; `through` are entries that get an incoming gradient."""
        leaves = [trace.arguments[at] for at in self.wanted]
        return swept(
            trace,
            [each for each in leaves if each and is_floating(each.result)],
            fallback=self.fallback,
            broadcast=self.broadcast,
            through=through,
        )


def needed(demands: Sequence[Demand]) -> list[Demand]:
    """Leave out that a size is not 1 where it must be larger than that anyway."""
    return [
        each
        for each in demands
        if not any(other.rules_out(each.not_one) for other in demands)
    ]


def is_freer(one: Gradients, other: Gradients) -> bool:
    """Tell whether fewer sizes of its arguments are constants, as of a branch that only warns."""
    constants = [
        sum(
            isinstance(size, int) and size > 1
            for node in each.graph.nodes
            if node.kind is Kind.ARGUMENT
            for size in node.shape
        )
        for each in (one, other)
    ]
    return constants[0] < constants[1]


def is_free(demand: Demand, met: bool) -> bool:
    """Tell whether sizes that are said to be free meet a demand, or are large enough to.

    Args:
        demand: of the sizes.
        met: whether those that are tried meet it: of a remainder that may be by accident,
            unless there is none, as of 2*half.
    """
    asked = demand.condition
    assert asked is not None  # what can't be asked is refused before
    if demand.guard.divides:
        return met and (asked.op, asked.right) == ("==", 0)
    return met or asked.op in (">=", ">")
