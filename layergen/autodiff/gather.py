"""Gather what was derived: as plain data, without what nobody needs, and with what is kept."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from layergen.autodiff.demands import equalities
from layergen.autodiff.factoring import factored
from layergen.autodiff.freeze import frozen
from layergen.autodiff.masks import with_short_masks
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.returning import keeps_far_less, returnable, returned_values
from layergen.autodiff.saving import kept_values
from layergen.autodiff.sweep import Sweep
from layergen.autodiff.tape import Entry
from layergen.autodiff.trace import Trace
from layergen.errors import CannotDerive
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Graph
from layergen.spec.model import Recompute

__all__ = ["gathered"]

ROUNDS = 3  # a way back may take more values, which then need one of their own


def gathered(
    trace: Trace,
    sweep: Sweep,
    names: Sequence[str],
    recompute: Recompute,
    again: Callable[[Collection[int]], Sweep] | None,
) -> Gradients:
    """Freeze what is needed, and choose what is kept.

    Args:
        trace: of the forward.
        sweep: over it.
        names: of the arguments.
        recompute: what may be computed again.
        again: sweeps over it where some entries have incoming gradients; None where nothing that
            is kept may have one.
    """
    found = Gathering(trace, sweep, names)
    plain = found.keeping(found.choice(kept_values, recompute))
    if again is None or recompute is Recompute.ALL:
        return plain
    may = returnable(trace, sweep)
    through: frozenset[int] = frozenset()
    for _ in range(ROUNDS):
        chosen = found.choice(returned_values, recompute, found.nodes(may))
        made = found.keeping(chosen)
        asked = may & found.entries(chosen)
        if not asked or not keeps_far_less(made, plain):
            break
        if asked == through:
            return made
        found, through = Gathering(trace, again(asked), names), asked
    return plain


class Gathering:
    """What a sweep needs, frozen and factored.

    Args:
        trace: of the forward.
        sweep: over it.
        names: of the arguments.
    """

    def __init__(self, trace: Trace, sweep: Sweep, names: Sequence[str]) -> None:
        self.trace = trace
        self.sweep = sweep
        self.names = tuple(names)
        tensors = [each for each in trace.arguments if each is not None]
        seeds = [each for each in sweep.cotangents if each is not None]
        seeds += sweep.ways_back.values()
        roots = [*tensors, *trace.results, *seeds, *sweep.gradients.values()]
        self.graph, self.place = compact(trace, [each.index for each in roots])
        self.results = tuple(self.place[each.index] for each in trace.results)
        self.arguments = tuple(self.place[each.index] for each in tensors)
        self.own = {
            key: self.place[each.index] for key, each in sweep.gradients.items()
        }

    def nodes(self, entries: Iterable[int]) -> frozenset[int]:
        """Tell where entries went."""
        return frozenset(self.place[at] for at in entries if at in self.place)

    def entries(self, nodes: Collection[int]) -> frozenset[int]:
        """Tell where nodes came from."""
        return frozenset(entry for entry, at in self.place.items() if at in nodes)

    def choice(
        self, choose: Callable[..., tuple[int, ...]], recompute: Recompute, *more: Any
    ) -> tuple[int, ...]:
        """Choose what is kept."""
        return choose(self.graph, self.own.values(), self.results, recompute, *more)

    def keeping(self, chosen: Collection[int]) -> Gradients:
        """Say what was derived, where this is kept; first what has a way back."""
        ways = {
            self.place[at]: self.place[each.index]
            for at, each in self.sweep.ways_back.items()
        }
        others = {*self.results, *self.arguments}
        kept = [at for at in chosen if at not in others]
        kept.sort(key=lambda at: at not in ways)
        saved = [at for at in self.arguments if at in chosen]
        saved += [at for at in dict.fromkeys(self.results) if at in chosen]
        trace, sweep = self.trace, self.sweep
        return Gradients(
            graph=with_short_masks(self.graph, chosen),
            names=self.names,
            arguments=self.arguments,
            outputs=self.results,
            single=trace.single,
            cotangents=tuple(
                None if each is None else self.place[each.index]
                for each in sweep.cotangents
            ),
            gradients=tuple(
                None if each is None else self.own.get(each.index)
                for each in trace.arguments
            ),
            kept=tuple(kept),
            saved=(*saved, *kept),
            ways_back=tuple(map(ways.get, kept)) if ways else (),
            returned_by=variables_of(trace, kept, self.place),
            fallbacks=tuple(dict.fromkeys(sweep.fallbacks)),
            equalities=tuple(equalities(trace)),
        )


def compact(trace: Trace, roots: Sequence[int]) -> tuple[Graph, dict[int, int]]:
    """Freeze and factor what the roots take; the graph, and where each entry went."""
    made = frozen(trace.tape, roots, trace.sandbox, refusing(trace))
    graph, moved = factored(made.graph, [made.places[each] for each in roots])
    return graph, {entry: moved[at] for entry, at in made.places.items() if at in moved}


def refusing(trace: Trace) -> Callable[[Reason, Entry, str], CannotDerive]:
    """Word refusals at the line of an entry."""

    def refuse(reason: Reason, entry: Entry, detail: str) -> CannotDerive:
        place = trace.recorder.place(entry.line)
        return refused(reason, op=entry.operation.name, place=place, detail=detail)

    return refuse


def variables_of(
    trace: Trace, kept: Sequence[int], place: dict[int, int]
) -> tuple[str, ...]:
    """Name the variables that hold the kept values when the forward returns."""
    variables = trace.seen.variables
    known = {place[at]: name for at, name in variables.items() if at in place}
    names = tuple(known.get(each, "") for each in kept)
    return names if all(names) else ()
