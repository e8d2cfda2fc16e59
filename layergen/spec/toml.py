"""layergen.toml: what was asked for, as text."""

import re
import tomllib
from collections.abc import Mapping

from layergen.errors import BadRequest, NotYet, Place
from layergen.spec import assemble, checks, clashes, gradient, names, tables
from layergen.spec.contents import FORMAT, Contents, contents
from layergen.spec.excerpt import Where
from layergen.spec.forward import from_text
from layergen.spec.model import Backward, Forward, Kind, LayerSpec, Recompute, Spec
from layergen.spec.names import class_name, module_name
from layergen.spec.node import Node

__all__ = ["example_shows", "node", "parse", "read", "render", "written"]

ROOT = ("format", "component", "modules", "example", "written", *tables.DESCRIPTION)
COMPONENT = ("name", "summary", "makes", "backward", "recompute", "tests_into")


def parse(text: str, where: str) -> Spec:
    """Read a layergen.toml; what its parts mean together is `read`'s to check.

    Args:
        text: of the file.
        where: the file, as messages name it: `swish/layergen.toml`.

    Raises:
        BadRequest: The text is no TOML, or a table, key or value is not of the format.
    """
    return read(node(text, where))


def read(root: Node) -> Spec:
    """Read a file that is parsed already."""
    found = root.table(ROOT)
    check_format(root, found)
    component = found["component"].table(COMPONENT)
    if "name" not in component:
        raise found["component"].wrong("the component has no name", 'Write name = "X".')
    name = class_name(component["name"].string())
    kinds = makes(found["component"], component)
    for kind in kinds:
        names.check_name(component["name"].string(), kind)
    chosen = backward(component, kinds)
    spec = Spec(
        name=name,
        folder=module_name(component["name"].string()),
        backward=chosen,
        recompute=recompute(component, chosen),
        summary=component["summary"].string() if "summary" in component else "",
        tests_into=(
            component["tests_into"].string() if "tests_into" in component else None
        ),
    )
    made = described(spec, root, kinds)
    clashes.check(made)
    return made


def node(text: str, where: str) -> Node:
    """Parse the TOML.

    Raises:
        BadRequest: It has a syntax error, whose line and column are told.
    """
    try:
        return Node(where, text, (), tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message, _, rest = str(error).partition(" (at ")
        found = re.search(r"line (\d+), column (\d+)", rest)
        place = Place(where)
        if found:
            line, column = int(found[1]), int(found[2])
            place = Place(where, line, column, text.splitlines()[line - 1])
        raise BadRequest(f"{where} is no TOML: {message}", place=place) from None
    except RecursionError:
        raise BadRequest(f"{where} is nested too deeply", place=Place(where)) from None


def check_format(root: Node, found: Mapping[str, Node]) -> None:
    """Refuse a file of another format, and one without the component's table."""
    if "format" not in found or "component" not in found:
        missing = "format" if "format" not in found else "[component]"
        raise root.wrong(
            f"{root.source} has no {missing}",
            f"A layergen.toml begins with format = {FORMAT}, and has [component].",
        )
    if found["format"].value != FORMAT or isinstance(found["format"].value, bool):
        place = found["format"].place()
        raise NotYet(
            f"format {found['format'].value!r} of {root.source} is not known",
            place=place,
            instead=f"This version of layergen reads format {FORMAT}.",
        )


def makes(table: Node, component: Mapping[str, Node]) -> tuple[Kind, ...]:
    """Read what the component makes."""
    known = [kind.value for kind in Kind]
    if "makes" not in component or not component["makes"].items():
        raise table.wrong("the component makes nothing", 'Write makes = ["layer"].')
    found = component["makes"].items()
    for each in found:
        if each.string() not in known:
            raise each.wrong(
                f"a component can't make {each.value!r}", f"Known: {', '.join(known)}."
            )
    kinds = tuple(Kind(each.string()) for each in found)
    if Kind.LOSS in kinds and len(kinds) > 1:
        raise component["makes"].wrong(
            "a loss stands alone: it would export the same name as the op or layer",
            "Give the loss a component of its own.",
        )
    return kinds


def backward(component: Mapping[str, Node], kinds: tuple[Kind, ...]) -> Backward:
    """Read where the gradient comes from."""
    if "backward" not in component:
        return gradient.default(kinds)
    given = component["backward"]
    known = [each.value for each in Backward]
    if given.string() not in known:
        raise given.wrong(
            f"unknown backward {given.value!r}", f"Known: {', '.join(known)}."
        )
    return Backward(given.string())


def recompute(component: Mapping[str, Node], chosen: Backward) -> Recompute:
    """Read what backward computes again; only a derived one chooses."""
    if "recompute" not in component:
        return Recompute.CHEAP
    given = component["recompute"]
    known = [each.value for each in Recompute]
    if given.string() not in known:
        raise given.wrong(
            f"unknown recompute {given.value!r}", f"Known: {', '.join(known)}."
        )
    if chosen is not Backward.DERIVED:
        raise given.wrong(
            f"recompute belongs to a derived backward, and this one is {chosen}",
            'Write backward = "derived", or leave the line out.',
        )
    return Recompute(given.string())


def described(spec: Spec, root: Node, kinds: tuple[Kind, ...]) -> Spec:
    """Read the tables of the component itself and of its blocks."""
    found = root.table()
    modules = found["modules"].table() if "modules" in found else {}
    check_modules(spec, root, modules, kinds)
    apart = modules.pop(spec.name, None)  # the layer, where the rest describes the op
    blocks = (*modules, spec.name) if Kind.LAYER in kinds else ()
    layers = [module(each, blocks) for each in modules.values()]
    if apart is not None:
        layers.append(module(apart, blocks, frozenset({spec.folder})))
    forward = read_forward(root)
    declared = assemble.with_sizes(forward, tables.declared(root, blocks))
    if Kind.LAYER in kinds and apart is None:
        calls_op = Kind.OP in kinds
        layer = assemble.layer(spec.name, forward, declared, blocks, calls_op=calls_op)
        checks.module(layer, declared, where(root))
        declared = declared if not calls_op else assemble.of_op(forward, declared)
        layers.append(layer)
    whole = assemble.component(spec, kinds, forward, declared, tuple(layers))
    part = whole.op or whole.loss
    if part is not None:
        kind = Kind.OP if whole.op is not None else Kind.LOSS
        checks.function(kind, spec.name, forward, declared, part.arguments, where(root))
    return whole


def check_modules(
    spec: Spec, root: Node, modules: Mapping[str, Node], kinds: tuple[Kind, ...]
) -> None:
    """Refuse modules where there is no layer, or the component among its own blocks."""
    if modules and Kind.LAYER not in kinds:
        raise root.table()["modules"].wrong(
            "only a layer has modules", 'Write makes = ["layer"].'
        )
    if spec.name in modules and Kind.OP not in kinds:
        raise modules[spec.name].wrong(
            f"{spec.name!r} is the component itself",
            "Put its tables at the top of the file: [arguments], not "
            f"[modules.{spec.name}.arguments].",
        )
    for name, each in modules.items():
        if class_name(name) != name or not name.isidentifier():
            raise each.wrong(
                f"{name!r} is no class name", f"Write {class_name(name)!r}."
            )
    if spec.backward.has_function and kinds == (Kind.LAYER,):
        raise root.table()["component"].wrong(
            "a layer alone has no backward of its own",
            'Write makes = ["op", "layer"], or backward = "autograd".',
        )


def module(
    node: Node, blocks: tuple[str, ...], known: frozenset[str] = frozenset()
) -> LayerSpec:
    """Read one `[modules.NAME]`; `known` are functions that its forward may call."""
    node.table(tables.DESCRIPTION)
    forward = read_forward(node, known)
    declared = assemble.with_sizes(forward, tables.declared(node, blocks))
    layer = assemble.layer(node.name, forward, declared, blocks)
    checks.module(layer, declared, where(node))
    return layer


def where(table: Node) -> Where:
    """Tell the places of what a table declares."""

    def place(kind: str, name: str) -> Place:
        path = (*table.path, kind, name)
        return Node(table.source, table.file, path, None).place()

    return place


def read_forward(table: Node, known: frozenset[str] = frozenset()) -> Forward:
    """Read `[forward] text`."""
    found = table.table()
    text = found["forward"].table(("text",)).get("text") if "forward" in found else None
    if text is None:
        raise table.wrong(
            f"{table.spelled} has no forward",
            "Write [forward] and text = '''...''' with a function in it.",
        )
    line = text.line() or 1
    opening = table.file.splitlines()[line - 1].rstrip()
    first_line = line + opening.endswith(("'''", '"""'))
    return from_text(text.string(), table.source, known=known, first_line=first_line)


def written(text: str) -> tuple[tuple[str, str], ...]:
    """Read the hash of each file as it was written: (("op.py", "sha256:..."), ...)."""
    found = node(text, "layergen.toml").table().get("written")
    entries = found.table().values() if found is not None else ()
    return tuple((each.name, each.string()) for each in entries)


def example_shows(text: str) -> str:
    """Read what a bundled example shows, or ""."""
    found = node(text, "layergen.toml").table().get("example")
    shows = found.table().get("shows") if found is not None else None
    return shows.string() if shows is not None else ""


def render(
    spec: Spec, written: tuple[tuple[str, str], ...], previous: str | None = None
) -> str:
    """Write a layergen.toml.

    Args:
        spec: what was asked for.
        written: the hash of each file as it was written.
        previous: the file's text so far; what the user wrote in it, comments, order and
            spelling, stays where its meaning does.

    Returns:
        A text that `parse` reads as the same spec.
    """
    from layergen.spec import document  # loads tomlkit, which only writing needs

    after = contents(spec) | ({"written": dict(written)} if written else {})
    if previous is None:
        return document.fresh(after, spec.folder)
    text = document.changed(previous, tables_of(previous), after)
    assert tables_of(text) == after, "a changed layergen.toml means what it should"
    return text


def tables_of(text: str) -> Contents:
    """Take the meaning of a file: its spec's tables and its hashes."""
    hashes = dict(written(text))
    spec = parse(text, "layergen.toml")
    return contents(spec) | ({"written": hashes} if hashes else {})
