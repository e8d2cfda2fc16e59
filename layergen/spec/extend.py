"""A second command on a component: the same again, or an op and a layer that share a forward."""

from dataclasses import replace

from layergen.errors import BadRequest, Place
from layergen.spec import assemble, checks, given, gradient
from layergen.spec.assemble import Declared
from layergen.spec.contents import Contents, contents, restored
from layergen.spec.excerpt import Where
from layergen.spec.model import (
    ANY_SHAPE,
    Argument,
    Case,
    Form,
    Forward,
    Kind,
    LayerSpec,
    Spec,
)
from layergen.spec.names import class_name, module_name
from layergen.spec.request import Request

__all__ = [
    "check_recompute",
    "check_same",
    "check_spelling",
    "is_bare",
    "layer",
    "op",
    "sharing",
    "with_known",
]

EDIT = "Edit {folder}/layergen.toml and run `layergen regenerate {folder}`."


def check_spelling(request: Request, existing: Spec) -> None:
    """Refuse another spelling of what is there, and kinds that can't share a folder.

    Raises:
        BadRequest: The names differ in case or `_`, or a loss would meet something else.
    """
    as_class, as_module = class_name(request.name), module_name(request.name)
    class_is_chosen = existing.makes != (Kind.OP,) and request.kind is not Kind.OP
    if as_module != existing.folder or (class_is_chosen and as_class != existing.name):
        taken = existing.name if class_is_chosen else existing.folder
        raise BadRequest(
            f"{request.name!r} is {taken!r} in another spelling, which exists already",
            place=Place("NAME", None, 1, request.name),
            instead=f"Write {taken!r}, or choose another name.",
        )
    kinds = {request.kind, *existing.makes}
    if Kind.LOSS in kinds and len(kinds) > 1:
        there = " and ".join(existing.makes)
        raise BadRequest(
            f"{existing.folder}/ holds the {there} {existing.name!r}: a {request.kind} "
            "of that name would export the same name",
            place=Place("NAME", None, 1, request.name),
            instead="Choose another name.",
        )


def is_bare(request: Request, existing: Spec) -> bool:
    """Whether a request asks for nothing that an existing component could contradict."""
    sources = (request.forward, request.from_, request.like)
    return (
        sources == (None, None, None)
        and given.describes(request) is None
        and request.backward in (None, existing.backward)
    )


def check_same(request: Request, existing: Spec, again: Spec) -> None:
    """Refuse a request that says something else than the component's layergen.toml.

    Raises:
        BadRequest: What the request would make differs.
    """
    old, new = contents(existing), contents(again)
    for part in differing(old, new):
        if part == "component" and same_component(request, old, new):
            continue
        if part == "cases" and has_cases(request, existing):
            continue
        raise conflict(
            f"{existing.folder}/ exists, and its layergen.toml has another [{part}]",
            existing,
        )


def differing(old: Contents, new: Contents) -> list[str]:
    """Name the tables in which two files differ."""
    return [key for key in {**old, **new} if old.get(key) != new.get(key)]


def same_component(request: Request, old: Contents, new: Contents) -> bool:
    """Whether the component's own table differs in nothing that was asked for."""
    if request.backward is None:
        return True
    same: bool = old["component"]["backward"] == new["component"]["backward"]
    return same


def has_cases(request: Request, existing: Spec) -> bool:
    """Whether a component tries every case of a request already."""
    parts = (existing.op, existing.loss, *existing.layers[-1:])
    there = {case for part in parts if part is not None for case in part.cases}
    return set(given.declared(request).cases) <= there


def conflict(what: str, existing: Spec, place: Place | None = None) -> BadRequest:
    """Make the error for a request that contradicts what is there."""
    return BadRequest(what, place=place, instead=EDIT.format(folder=existing.folder))


def layer(
    request: Request, existing: Spec, declared: Declared, forward: Forward | None
) -> Spec:
    """Add a layer to an op, which it calls.

    Args:
        request: for a layer.
        existing: makes an op only.
        declared: by the request's options.
        forward: of the request, if it has one.
    """
    assert existing.op is not None, "a layer is added to an op"
    check_backward(request, existing)
    spec = replace(existing, name=class_name(request.name))
    place = given.where(request)
    check_forward(existing, existing.op.forward, forward)
    together = joined(existing, existing.op.arguments, declared, place)
    together = replace(together, cases=merged(existing.op.cases, declared.cases))
    return sharing(
        spec, existing.op.forward, replace(together, returns=existing.op.returns), place
    )


def op(
    request: Request, existing: Spec, declared: Declared, forward: Forward | None
) -> Spec:
    """Add an op to a layer, which from now on calls it."""
    own = existing.layers[-1]
    if own.forward.form is Form.METHOD:
        raise conflict(
            f"the forward of the layer {own.name!r} is a method: no op can share it",
            existing,
        )
    check_forward(existing, own.forward, forward)
    kept = restored(own)
    together = joined(existing, typed(own), declared, given.where(request))
    complete = replace(
        together,
        parameters=kept.parameters,
        buffers=kept.buffers,
        submodules=kept.submodules,
        returns=kept.returns,
        cases=merged(kept.cases, declared.cases),
    )
    backward = request.backward or gradient.default((Kind.OP,))
    spec = replace(
        existing, backward=backward, recompute=gradient.recompute(request, backward)
    )
    return sharing(spec, own.forward, complete, given.where(request))


def typed(own: LayerSpec) -> tuple[Argument, ...]:
    """List a layer's arguments as its op takes them."""
    return restored(own).arguments


def check_backward(request: Request, existing: Spec) -> None:
    """Refuse to give a layer another backward than the op that it calls."""
    if request.backward not in (None, existing.backward):
        raise conflict(
            f"--backward {request.backward} contradicts the op {existing.folder!r}, "
            f"whose backward is {existing.backward}",
            existing,
        )


def check_recompute(request: Request, existing: Spec) -> None:
    """Refuse another --recompute than the component has; its backward is checked apart."""
    adds_op = request.kind is Kind.OP and existing.op is None  # with its own backward
    if request.recompute is None or adds_op:
        return
    if request.backward not in (None, existing.backward):
        return
    asked = gradient.recompute(request, existing.backward)
    if asked is not existing.recompute:
        raise conflict(
            f"--recompute {asked} contradicts {existing.folder!r}, "
            f"whose recompute is {existing.recompute}",
            existing,
        )


def check_forward(existing: Spec, own: Forward, other: Forward | None) -> None:
    """Refuse a forward that is not the one that is there."""
    if other is None or other.text == own.text:
        return
    if own.expression is not None and own.expression == other.expression:
        return
    if other.form is Form.METHOD:
        raise BadRequest(
            f"the forward takes self, and {existing.folder!r} shares its forward",
            instead="Leave the forward out, or describe a layer that calls the op by name "
            f"in {existing.folder}/layergen.toml as [modules.{existing.name}].",
        )
    raise conflict(
        f"the forward is not the one in {existing.folder}/layergen.toml", existing
    )


def merged(old: tuple[Case, ...], new: tuple[Case, ...]) -> tuple[Case, ...]:
    """Join cases, each once."""
    return tuple(dict.fromkeys(old + new))


def with_known(declared: Declared, existing: Spec) -> Declared:
    """Put the arguments that are there already among the declared ones."""
    there = existing.op.arguments if existing.op else typed(existing.layers[-1])
    known = {each.name for each in there}
    more = tuple(each for each in declared.arguments if each.name not in known)
    return replace(declared, arguments=there + more)


def joined(
    existing: Spec,
    arguments: tuple[Argument, ...],
    declared: Declared,
    where: Where,
) -> Declared:
    """Join what is there with what the options add, and refuse contradictions."""
    known = {each.name: each for each in arguments}
    for each in declared.arguments:
        old = known.get(each.name, each)
        if each.type is not old.type or each.default not in (None, old.default):
            raise conflict(
                f"--arg {each.name} contradicts what is there: {old.name}:"
                f"{old.type.value}{'' if old.default is None else '=' + old.default}",
                existing,
                where("arguments", each.name),
            )
    for name, shape in declared.shapes:
        if name in known and known[name].shape not in (ANY_SHAPE, shape):
            raise conflict(
                f"--shape {name} contradicts what is there",
                existing,
                where("shapes", name),
            )
    more = tuple(each for each in declared.arguments if each.name not in known)
    return replace(declared, arguments=arguments + more)


def sharing(spec: Spec, forward: Forward, declared: Declared, where: Where) -> Spec:
    """Make an op and a layer of one forward."""
    blocks = spec.layers[:-1]
    names = (*(each.name for each in blocks), spec.name)
    complete = assemble.with_sizes(forward, declared)
    own = assemble.layer(spec.name, forward, complete, names, calls_op=True)
    checks.module(own, complete, where)
    of_op = assemble.of_op(forward, complete)
    found = assemble.component(
        spec, (Kind.OP, Kind.LAYER), forward, of_op, (*blocks, own)
    )
    assert found.op is not None, "an op was asked for"
    checks.function(Kind.OP, spec.name, forward, of_op, found.op.arguments, where)
    return found
