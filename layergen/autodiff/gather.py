"""Gather what was derived: as plain data, without what nobody needs, and with what is kept."""

from collections.abc import Callable, Sequence

from layergen.autodiff.demands import equalities
from layergen.autodiff.factoring import factored
from layergen.autodiff.freeze import frozen
from layergen.autodiff.masks import with_short_masks
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.saving import kept_values
from layergen.autodiff.sweep import Sweep
from layergen.autodiff.tape import Entry
from layergen.autodiff.trace import Trace
from layergen.errors import CannotDerive
from layergen.ir.gradients import Gradients, LookedAt
from layergen.ir.graph import Graph
from layergen.spec.model import Recompute

__all__ = ["gathered"]


def gathered(
    trace: Trace,
    sweep: Sweep,
    names: Sequence[str],
    recompute: Recompute,
    looked_at: Sequence[LookedAt],
) -> Gradients:
    """Freeze what is needed, and choose what is kept."""
    tensors = [each for each in trace.arguments if each is not None]
    seeds = [each for each in sweep.cotangents if each is not None]
    roots = [*tensors, *trace.results, *seeds, *sweep.gradients.values()]
    graph, place = compact(trace, [each.index for each in roots])
    results = tuple(place[each.index] for each in trace.results)
    own = {key: place[each.index] for key, each in sweep.gradients.items()}
    chosen = kept_values(graph, own.values(), results, recompute)
    arguments = tuple(place[each.index] for each in tensors)
    kept = [at for at in chosen if at not in results and at not in arguments]
    saved = [at for at in arguments if at in chosen]
    saved += [at for at in dict.fromkeys(results) if at in chosen]
    return Gradients(
        graph=with_short_masks(graph, chosen),
        names=tuple(names),
        arguments=arguments,
        outputs=results,
        single=trace.single,
        cotangents=tuple(
            None if each is None else place[each.index] for each in sweep.cotangents
        ),
        gradients=tuple(
            None if each is None else own.get(each.index) for each in trace.arguments
        ),
        kept=tuple(kept),
        saved=(*saved, *kept),
        returned_by=variables_of(trace, kept, place),
        fallbacks=tuple(dict.fromkeys(sweep.fallbacks)),
        equalities=tuple(equalities(trace)),
        looked_at=tuple({each.argument: each for each in looked_at}.values()),
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
