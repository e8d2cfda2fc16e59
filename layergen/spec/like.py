"""Components that start as another: a bundled example, or a template's working default."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from layergen.errors import BadRequest, Place
from layergen.spec import bundled, gradient, toml
from layergen.spec.forward import assigned_names, renamed
from layergen.spec.model import Backward, Kind, Spec
from layergen.spec.names import class_name, module_name, nearest
from layergen.spec.node import Node
from layergen.spec.request import Request

__all__ = ["default", "example"]


def default(request: Request) -> Spec:
    """Take the working default of the kind under the name asked for."""
    path = bundled.templates() / request.kind.value / "default.toml"
    return taken(path, request)


def example(request: Request) -> Spec:
    """Take a bundled example under the name asked for.

    Raises:
        BadRequest: There is no such example, or it does not make that kind.
    """
    known = bundled.example_names()
    if request.like not in known:
        near = nearest(request.like or "", known)
        raise BadRequest(
            f"there is no example {request.like!r}",
            place=Place("--like", None, 1, request.like),
            instead=(
                f"Did you mean {near!r}?" if near else f"Known: {', '.join(known)}."
            ),
        )
    spec = taken(bundled.examples() / request.like / "layergen.toml", request)
    if request.kind is Kind.OP:
        return replace(spec, layers=())
    return spec


def taken(path: Path, request: Request) -> Spec:
    """Read a bundled file with its component renamed."""
    root = toml.node(path.read_text(encoding="utf-8"), str(path))
    assert isinstance(root.value, dict), "a TOML document is a table"
    data = copy.deepcopy(root.value)
    check_makes(data["component"]["makes"], request)
    rename(data, request)
    described = Node(root.source, root.file, (), data)
    if needs_op(data["component"], request):
        own = toml.read(described).layers[-1]
        gradient.check_function(request.backward or Backward.AUTOGRAD, own.forward)
    set_gradient(data["component"], request)
    return toml.read(described)


def check_makes(makes: list[str], request: Request) -> None:
    """Refuse an example that does not make what is asked for."""
    if request.kind.value not in makes:
        raise BadRequest(
            f"the example {request.like!r} makes no {request.kind.value}",
            place=Place("--like", None, 1, request.like),
            instead=f"Use layergen new-{makes[-1]}.",
        )


def needs_op(component: dict[str, Any], request: Request) -> bool:
    """Tell whether a layer gets an op: the Function that is asked for stands there."""
    has_function = request.backward is not None and request.backward.has_function
    return has_function and component["makes"] == ["layer"]


def set_gradient(component: dict[str, Any], request: Request) -> None:
    """Change where the gradient comes from, and what is computed again for it."""
    if needs_op(component, request):
        component["makes"] = ["op", "layer"]
    if request.backward is not None:
        component["backward"] = request.backward.value
    backward = Backward(component["backward"])
    if request.recompute is not None:
        component["recompute"] = gradient.recompute(request, backward).value
    if backward is not Backward.DERIVED:
        component.pop("recompute", None)


def rename(data: dict[str, Any], request: Request) -> None:
    """Rename the component, its function and its class, in every text."""
    old = data["component"]["name"]
    new = class_name(request.name)
    pairs = ((module_name(old), module_name(request.name)), (old, new))
    data["component"]["name"] = new
    modules = data.get("modules", {})
    if new in modules:
        raise BadRequest(
            f"the example {request.like!r} has a block of the name {new!r}",
            place=Place("NAME", None, 1, request.name),
            instead="Choose another name.",
        )
    for described in (data, *modules.values()):
        described["forward"]["text"] = with_names(described["forward"]["text"], pairs)
        submodules = described.get("submodules", {})
        described["submodules"] = {
            name: with_names(text, pairs) for name, text in submodules.items()
        }
    if modules:
        data["modules"] = {
            new if name == old else name: each for name, each in modules.items()
        }


def with_names(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """Rename identifiers; a name that the text gives a value itself can't be taken."""
    for old, new in pairs:
        if new != old and new in assigned_names(text):
            raise BadRequest(
                f"{new!r} is a variable of the text that would be renamed",
                place=Place("NAME", None, 1, new),
                instead="Choose another name.",
            )
        text = renamed(text, old, new)
    return text
