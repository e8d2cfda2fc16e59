"""Inside a room: passes don't import each other, a door is nobody's pass, nothing goes in a ring."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.house.sources import Source, imports, sources
from tests.house.test_imports import module_of, room

# The front door of each room, and its passes; what is neither is data or vocabulary for them.
DOORS = {
    "spec.read",
    "autodiff.trial",
    "emit.emit",
    "gate.gate",
    "output.commit",
    "output.recover",
    "check.beside",
    "check.measure",
    "check.run",
    "cli.main",
}
PASSES = (
    {"spec.literals", "spec.shapes", "spec.expressions"},
    {"spec.formula", "spec.python_file", "spec.rewrite", "spec.verbatim", "spec.body"},
    {"autodiff.effects", "autodiff.returns", "autodiff.stand_in"},
    {"emit.function_view", "emit.layer_view", "emit.loss_view", "emit.op_view"},
    {"emit.function_entries", "emit.layer_entries"},
    {"emit.catalog", "emit.render", "emit.format"},
    {
        "gate.conditions",
        "gate.device",
        "gate.dtypes",
        "gate.elsewhere",
        "gate.forward_mode",
        "gate.gradchecks",
        "gate.layout",
        "gate.magnitudes",
        "gate.second_order",
        "gate.subsets",
        "gate.transforms",
        "gate.values",
    },
    {"gate.rebroadcast", "gate.resizing"},
    {"output.plan", "output.lock", "output.step", "output.work"},
    {"cli.new", "cli.regenerate", "cli.test", "cli.listing"},
)
# What the journey and the commands see of the other rooms: doors, and the data that flows.
OUTSIDE = {"pipeline", "deriving", "cli"}
SEEN = DOORS | {
    "errors",
    "pipeline",
    "autodiff.derive",
    "autodiff.component",
    "autodiff.described",
    "autodiff.examined",
    "autodiff.functional",
    "autodiff.refusal",
    "check.saved",
    "gate.accepted",
    "gate.claim",
    "gate.conditions",
    "gate.derivation",
    "gate.samples",
    "ir.trial",
    "spec.bundled",
    "spec.model",
    "spec.request",
    "spec.toml",
    "emit.cost",
    "emit.kept",
    "emit.letters",
    "emit.size_checks",
    "emit.source",
    "output.importing",
    "output.plan",
}
ROOMS_WITH_DOORS = {"spec", "autodiff", "emit", "gate", "output", "check"}

Graph = Mapping[str, frozenset[str]]


def graph(found: Iterable[Source]) -> Graph:
    """Tell what each module imports of the house, without the package's own name."""
    return {
        inner(source.module): frozenset(
            inner(module_of(imported))
            for imported in imports(source.tree)
            if imported.startswith("layergen.")
        )
        for source in found
    }


def inner(module: str) -> str:
    return module.removeprefix("layergen.")


def offences(modules: Graph) -> Iterator[str]:
    for module, imported in modules.items():
        for other in sorted(imported - {module}):
            pair = {module, other}
            if any(pair <= passes for passes in PASSES):
                yield f"{module} imports {other}: both are passes"
            if room_of(module) == room_of(other) and other in DOORS:
                yield f"{module} imports {other}, the door of its own room"
            if room_of(module) in OUTSIDE and is_hidden(other, room_of(module)):
                yield f"{module} imports {other}, which is no door"
    yield from rings(modules)


def room_of(module: str) -> str:
    return room(f"layergen.{module}")


def is_hidden(module: str, seer: str) -> bool:
    """Whether a module is another room's own affair; a room's name alone says nothing."""
    elsewhere = room_of(module) != seer and room_of(module) in ROOMS_WITH_DOORS
    return elsewhere and "." in module and module not in SEEN


def rings(modules: Graph) -> Iterator[str]:
    try:
        TopologicalSorter(
            {module: imported - {module} for module, imported in modules.items()}
        ).prepare()
    except CycleError as error:
        yield f"a ring: {' -> '.join(error.args[1])}"


def test_the_rooms_are_in_order() -> None:
    assert list(offences(graph(sources("layergen")))) == []


def test_what_the_tables_name_is_there() -> None:
    named = DOORS.union(SEEN, *PASSES)

    assert named - graph(sources("layergen")).keys() == set()


@pytest.mark.parametrize(
    ("module", "imported", "offence"),
    [
        ("cli.new", "cli.test", "both are passes"),
        ("emit.render", "emit.format", "both are passes"),
        ("output.stage", "output.commit", "the door of its own room"),
        ("pipeline", "emit.render", "no door"),
        ("cli.new", "output.step", "no door"),
    ],
)
def test_a_wrong_import_is_found(module: str, imported: str, offence: str) -> None:
    (found,) = offences({module: frozenset({imported})})

    assert offence in found


def test_a_ring_is_found() -> None:
    ring = {"ir.a": frozenset({"ir.b"}), "ir.b": frozenset({"ir.a"})}

    assert list(offences(ring))


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("cli.new", "cli.report"),
        ("emit.render", "spec.bundled"),
        ("pipeline", "emit.emit"),
    ],
)
def test_a_right_import_is_left_alone(module: str, imported: str) -> None:
    assert list(offences({module: frozenset({imported})})) == []
