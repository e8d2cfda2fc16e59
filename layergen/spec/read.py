"""A request into a spec: the room's front door for the `new-*` commands."""

from dataclasses import replace
from pathlib import Path

from layergen.errors import BadRequest
from layergen.spec import (
    assemble,
    checks,
    clashes,
    extend,
    given,
    gradient,
    like,
    names,
)
from layergen.spec.assemble import Declared
from layergen.spec.model import (
    Argument,
    Forward,
    Kind,
    Spec,
)
from layergen.spec.request import Request

__all__ = ["find_component", "from_request"]

FILE = "layergen.toml"


def from_request(
    request: Request, *, cwd: Path, into: Path, existing: Spec | None
) -> tuple[Spec, tuple[str, ...]]:
    """Read and check everything that a `new-*` command was given.

    Args:
        request: the command's texts.
        cwd: the folder that FILE.py of --from is relative to.
        into: the folder in which the component's own folder stands or will stand.
        existing: the component of that name that is there already.

    Returns:
        The spec, and what the user should be told of it.

    Raises:
        BadRequest: Something can't be meant, or contradicts what is there.
    """
    names.check_name(request.name, request.kind)
    given.check_sources(request)
    if existing is None:
        names.check_import_name(names.module_name(request.name), into)
        spec = fresh(request, cwd)
    else:
        spec = again(request, cwd, existing)
    clashes.check(spec)
    return spec, notes(request, spec)


def find_component(into: Path, name: str) -> Path | None:
    """Find the folder of a component whose name is equal after folding."""
    if len(name) > names.MAX_LENGTH:
        return None  # no folder has it, and asking for one this long is an OSError
    exact = into / names.module_name(name)
    if (exact / FILE).is_file():
        return exact
    folders = sorted(path.parent for path in into.glob(f"*/{FILE}"))
    wanted = names.folded(name)
    return next(
        (folder for folder in folders if names.folded(folder.name) == wanted), None
    )


def fresh(request: Request, cwd: Path) -> Spec:
    """Read a request for a component that is not there."""
    if request.like is not None:
        return like.example(request)
    if not given.has_source(request):
        check_describes_nothing(request)
        return like.default(request)
    declared = given.declared(request)
    function = names.module_name(request.name)
    forward = given.forward(request, declared, function, cwd)
    return made(request, assemble.with_sizes(forward, declared), forward)


def check_describes_nothing(request: Request) -> None:
    """Refuse options that describe a forward where none is given."""
    option = given.describes(request)
    if option is not None:
        raise BadRequest(
            f"{option} describes a forward, and none is given",
            instead="Give one with --forward or --from.",
        )


def made(request: Request, declared: Declared, forward: Forward) -> Spec:
    """Make the spec of one forward and its options."""
    backward = request.backward or gradient.default((request.kind,))
    spec = Spec(
        name=names.class_name(request.name),
        folder=names.module_name(request.name),
        backward=backward,
        recompute=gradient.recompute(request, backward),
    )
    where = given.where(request)
    if request.kind is Kind.LAYER:
        if backward.has_function:
            gradient.check_function(backward, forward)
            return extend.sharing(spec, forward, declared, where)
        layer = assemble.layer(spec.name, forward, declared, (spec.name,))
        checks.module(layer, declared, where)
        return replace(spec, layers=(layer,))
    found = assemble.component(spec, (request.kind,), forward, declared, ())
    part = found.op or found.loss
    assert part is not None, "an op or a loss was asked for"
    checks.function(request.kind, spec.name, forward, declared, part.arguments, where)
    return found


def again(request: Request, cwd: Path, existing: Spec) -> Spec:
    """Read a request for a component that is there: the same, or another kind of it."""
    extend.check_spelling(request, existing)
    extend.check_recompute(request, existing)
    if request.kind not in existing.makes:
        return extended(request, cwd, existing)
    if extend.is_bare(request, existing):
        return existing
    told = replace(request, backward=request.backward or existing.backward)
    found = repeated(told, cwd, existing)
    extend.check_same(request, existing, found)
    return existing


def repeated(request: Request, cwd: Path, existing: Spec) -> Spec:
    """Read a request whose kind is there already, as if that were not."""
    if existing.op is None or not existing.layers or request.like is not None:
        option = given.describes(request)
        if option is not None and not given.has_source(request):
            raise extend.conflict(f"{option} would change {existing.name!r}", existing)
        return fresh(request, cwd)
    if request.kind is Kind.LAYER:
        return extended(request, cwd, replace(existing, layers=()))
    own = existing.layers[-1]
    layer = replace(own, calls_op=False)
    return extended(
        request, cwd, replace(existing, op=None, layers=(*existing.layers[:-1], layer))
    )


def extended(request: Request, cwd: Path, existing: Spec) -> Spec:
    """Add an op to a layer, or a layer to an op."""
    if request.like is not None:
        raise extend.conflict(
            "--like starts a component, and this one exists", existing
        )
    declared = given.declared(request)
    forward = None
    if given.has_source(request):
        known = extend.with_known(declared, existing)
        forward = given.forward(request, known, existing.folder, cwd)
    if request.kind is Kind.LAYER:
        return extend.layer(request, existing, declared, forward)
    return extend.op(request, existing, declared, forward)


def notes(request: Request, spec: Spec) -> tuple[str, ...]:
    """List what the user should be told: spellings, and the signature that was found."""
    found: list[str] = []
    if request.kind is Kind.LAYER and request.name != spec.name:
        found.append(f"{request.name} is spelled {spec.name} as a class")
    if request.kind is Kind.OP and request.name != spec.folder:
        found.append(f"{request.name} is spelled {spec.folder} as a function")
    if request.kind is Kind.LOSS and request.name not in (spec.name, spec.folder):
        found.append(f"{request.name} is spelled {spec.name} as a class")
    if request.forward is not None:
        found.append(f"arguments: {signature(request, spec)}")
    return tuple(found)


def signature(request: Request, spec: Spec) -> str:
    """Spell the arguments: `x: tensor, beta: float = 1.0`."""
    part = spec.layers[-1] if request.kind is Kind.LAYER else spec.op or spec.loss
    assert part is not None, "the spec makes what was asked for"
    return ", ".join(spelled(each) for each in part.arguments)


def spelled(argument: Argument) -> str:
    """Spell one argument."""
    default = "" if argument.default is None else f" = {argument.default}"
    return f"{argument.name}: {argument.type.value}{default}"
