"""The whole journey: a request or a layergen.toml becomes a plan, and a plan becomes files."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os.path import relpath
from pathlib import Path, PurePosixPath

from layergen.emit.emit import emit, limits
from layergen.emit.source import SourceFile
from layergen.errors import BadRequest, CannotDerive
from layergen.ir.cost import Cost
from layergen.ir.trial import Pinned, Trials, assumed, with_pinned
from layergen.output import commit
from layergen.output import recover as recovery
from layergen.output.importing import (
    import_line,
    importable_note,
    module_of,
    shown,
)
from layergen.output.plan import (
    Destination,
    FileChange,
    fingerprint,
    plan,
    raise_on_conflict,
)
from layergen.spec import read, toml
from layergen.spec.model import Backward, Spec
from layergen.spec.request import Request

__all__ = ["Plan", "create", "recover", "regenerate", "write"]

RECORD = "layergen.toml"
BROADCAST = "failed-broadcast"  # the reason that checks of shapes can mend


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, and what the user should know of it.

    Attributes:
        notes: sentences: spellings, the signature, what the tests leave out and why.
        imports: the line that imports what was made.
        cost: of a derived backward, beside plain autograd's.
    """

    spec: Spec
    changes: tuple[FileChange, ...]
    destination: Destination
    notes: tuple[str, ...]
    imports: str
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Produced:
    """The text of a component's files, and what trying them showed."""

    files: tuple[SourceFile, ...]
    notes: tuple[str, ...] = ()
    cost: Cost | None = None


def silent(_: str) -> None:
    """Report no progress."""


def create(
    request: Request,
    *,
    into: Path,
    tests_into: Path | None = None,
    force: bool = False,
    on_progress: Callable[[str], None] = silent,
) -> Plan:
    """Plan a new component, or an addition to the one of that name; nothing is written.

    Raises:
        BadRequest: The request can't be met as it stands.
        CannotDerive: The forward can't be turned into what was asked for.
        WouldOverwrite: A folder or a link stands where a file belongs.
    """
    on_progress("reading")
    into = into.absolute()
    if into.exists() and not into.is_dir():
        raise BadRequest(
            f"{shown(into)} is a file, where a folder belongs",
            instead="Name another place with --into.",
        )
    home = read.find_component(into, request.name)
    previous = None if home is None else (home / RECORD).read_text()
    existing = (
        None if home is None else toml.parse(previous or "", shown(home / RECORD))
    )
    spec, notes = read.from_request(
        request, cwd=Path.cwd(), into=into, existing=existing
    )
    folder = home or into / spec.folder
    spec = placed(spec, folder, tests_into, is_new=existing is None)
    trials = (
        assumed(spec) if is_default(request, existing) else verified(spec, on_progress)
    )
    made = produced(spec, trials, folder, on_progress, is_default(request, existing))
    return planned(spec, made, folder, previous, force, notes)


def regenerate(
    folder: Path,
    *,
    force: bool = False,
    on_progress: Callable[[str], None] = silent,
) -> Plan:
    """Plan a component's files again, from its layergen.toml; nothing is written.

    Raises:
        BadRequest: There is no layergen.toml, or it can't be met.
        CannotDerive: The forward can't be turned into what was asked for.
    """
    on_progress("reading")
    record = folder if folder.name == RECORD else folder / RECORD
    if not record.is_file():
        raise BadRequest(
            f"there is no {RECORD} in {shown(record.parent)}",
            instead="Name the folder of a component: layergen regenerate PATH.",
        )
    previous = text_of(record)
    spec = toml.parse(previous, shown(record))
    trials = verified(spec, on_progress)
    folder = record.absolute().parent
    made = produced(spec, trials, folder, on_progress, trusted=False)
    return planned(spec, made, folder, previous, force)


def write(plan: Plan) -> None:
    """Write a plan, all or nothing.

    Raises:
        WouldOverwrite: A file stands in the way, or changed since it was planned.
    """
    raise_on_conflict(plan.changes)
    commit.commit(plan.changes, plan.destination)


def recover(folders: Sequence[Path]) -> tuple[str, ...]:
    """Finish or undo what a killed run left; a sentence for each piece of work."""
    return recovery.recover(tuple(folders))


def text_of(record: Path) -> str:
    """Read a layergen.toml."""
    try:
        return record.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"{shown(record)} is no text: byte {error.start} is not UTF-8",
            instead="Save it as UTF-8, as TOML wants.",
        ) from error


def is_default(request: Request, existing: Spec | None) -> bool:
    """Tell whether nothing but our own default is wanted, which our own tests run."""
    return (
        existing is None
        and request == Request(request.kind, request.name, backward=request.backward)
        and request.backward is not Backward.DERIVED
    )


def placed(spec: Spec, folder: Path, tests_into: Path | None, *, is_new: bool) -> Spec:
    """Note where the tests go; a component's tests stay in one place."""
    told = None
    if tests_into is not None:
        told = PurePosixPath(relpath(tests_into.absolute(), folder)).as_posix()
    if is_new:
        return replace(spec, tests_into=told)
    if told is not None and told != spec.tests_into:
        raise BadRequest(
            f"the tests of {spec.name} are in {spec.tests_into or 'its own folder'}, "
            f"and not in {told}",
            instead="Leave --tests-into out, or edit tests_into in its layergen.toml.",
        )
    return spec


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep torch's warnings from the user: what they should know is said in notes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@unwarned()
def verified(spec: Spec, on_progress: Callable[[str], None]) -> Trials:
    """Run every forward once. Only here is torch imported."""
    on_progress("running the forward")
    from layergen.autodiff.trial import tried

    return tried(spec)


@unwarned()
def produced(
    spec: Spec,
    trials: Trials,
    folder: Path,
    on_progress: Callable[[str], None],
    trusted: bool,
) -> Produced:
    """Write the files' text, and compare what it does with the forward."""
    if spec.backward is Backward.DERIVED:
        on_progress("deriving the backward")
        from layergen.autodiff.component import with_derivatives

        trials = with_derivatives(spec, trials)
    on_progress("writing the sources")
    if trusted:
        return Produced(emit(spec, trials, module_of(folder)))
    for pinned in Pinned:
        try:
            found = compared(spec, trials, pinned, folder, on_progress)
        except CannotDerive as error:
            if error.reason != BROADCAST or pinned is Pinned.RANKS:
                raise
        else:
            break
    return found


def compared(
    spec: Spec,
    trials: Trials,
    pinned: Pinned,
    folder: Path,
    on_progress: Callable[[str], None],
) -> Produced:
    """Write the files' text, try it, and measure a derived backward."""
    from layergen.gate.accepted import accepted
    from layergen.gate.gate import check

    trials = with_pinned(trials, pinned)
    files = emit(spec, trials, module_of(folder))
    if pinned is not Pinned.NOTHING or has_conditions(trials):
        trials = accepted(spec, trials, files)
        files = emit(spec, trials, module_of(folder))
    on_progress("comparing them with the forward")
    notes = (*trials.notes, *limits(spec, trials), *check(spec, trials, files))
    if spec.backward is not Backward.DERIVED:
        return Produced(files, notes)
    on_progress("measuring the backward")
    from layergen.check.measure import measured

    return Produced(files, notes, measured(spec, trials, files))


def has_conditions(trials: Trials) -> bool:
    """Tell whether something was derived for some sizes alone."""
    made = [each for each in (trials.op, trials.loss) if each]
    return any(each.conditions for trial in made for each in trial.derived)


def planned(
    spec: Spec,
    made: Produced,
    folder: Path,
    previous: str | None,
    force: bool,
    notes: tuple[str, ...] = (),
) -> Plan:
    """Compare the files with the tree."""
    files, notes = made.files, (*notes, *made.notes)
    hashes = tuple((str(each.path), fingerprint(each.text)) for each in files)
    record = toml.render(spec, hashes, previous)
    tests = folder / "tests"
    if spec.tests_into is not None:
        tests = Path(folder, spec.tests_into).resolve() / f"test_{spec.folder}"
    destination = Destination(folder, tests)
    written = toml.written(previous) if previous else ()
    if previous is not None:  # a layergen.toml begun by hand is ours to complete
        written = (*written, (RECORD, fingerprint(previous)))
    changes = plan(
        (SourceFile(PurePosixPath(RECORD), record), *files),
        destination,
        written,
        force=force,
    )
    if spec.tests_into is not None:
        notes = (*notes, importable_note(folder))
    imports = import_line(spec, folder)
    return Plan(spec, changes, destination, notes, imports, made.cost)
