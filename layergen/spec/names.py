"""Names: their spellings as a class and as a module, and the ones that can't be taken."""

import difflib
import keyword
import sys
import unicodedata
from collections.abc import Collection, Iterable
from importlib.machinery import PathFinder
from pathlib import Path

from layergen.errors import BadRequest, Place
from layergen.spec import reserved
from layergen.spec.model import Kind
from layergen.spec.spelling import class_name, folded, module_name

__all__ = [
    "MAX_LENGTH",
    "check_argument_name",
    "check_import_name",
    "check_name",
    "class_name",
    "folded",
    "module_name",
    "nearest",
]

MAX_LENGTH = 64
OTHER_NAME = "Give the argument another name."
ASKS_THE_MODULE = "Let the layer hold what asks for it: --submodule 'drop=nn.Dropout(0.5)', and drop(x)."


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be: "sigmiod" -> "sigmoid"."""
    found = difflib.get_close_matches(word, sorted(set(candidates)), 1, 0.7)
    return found[0] if found else None


def check_name(text: str, kind: Kind) -> None:
    """Check the name of a component in any of its spellings.

    Raises:
        BadRequest: it is no name, or it clashes inside the generated files.
    """
    place = _place("NAME", text)
    _check_letters(text, f"{kind} name", place)
    if text.startswith("_"):
        raise BadRequest(
            f"the {kind} name {text!r} begins with '_', which marks private names",
            place=place,
            instead=f"Write {text.strip('_') or 'a name with letters'!r}.",
        )
    _check_words((text, module_name(text)), f"{kind} name", place)
    clash = _clash(text, kind)
    if clash:
        raise BadRequest(
            f"the {kind} name {text!r} clashes with {clash}",
            place=place,
            instead=f"Choose another name, as {_another(text, kind)!r}.",
        )


def check_argument_name(
    name: str,
    kind: Kind,
    *,
    component: str = "",
    others: Collection[str] = (),
    place: Place | None = None,
) -> None:
    """Check the name of an argument, parameter, buffer or submodule.

    Args:
        name: as it was typed.
        kind: what it is an argument of.
        component: the component's name in any spelling.
        others: the names of the other arguments.
        place: where it was typed; default: the name alone.

    Raises:
        BadRequest: it is no name, or it clashes inside the generated files.
    """
    place = place or _place("argument", name)
    _check_letters(name, "argument name", place)
    _check_words((name,), "argument name", place)
    clash = _argument_clash(name, kind, others)
    if component and name in (module_name(component), class_name(component)):
        clash = f"the name of the {kind} itself"
    if clash:
        raise BadRequest(
            f"the argument name {name!r} clashes with {clash}",
            place=place,
            instead=ASKS_THE_MODULE if name == "training" else OTHER_NAME,
        )


def check_import_name(folder_name: str, into: Path) -> None:
    """Check that a new component in `into` hides no module that others import.

    Raises:
        BadRequest: it would be a top-level module of the name of one that exists.
    """
    if (into / "__init__.py").exists():
        return  # a submodule of a package hides nothing
    if folder_name in sys.stdlib_module_names:
        what = "a module of Python's standard library"
    elif _is_importable(folder_name, into):
        what = "an installed package"
    else:
        return
    raise BadRequest(
        f"the name {folder_name!r} is taken: it is {what}",
        instead=(
            f"A folder {folder_name!r} beside other code hides it, and pytest fails for "
            f"all that import it. Choose another name, as 'my_{folder_name}', or write "
            "into a package with --into."
        ),
    )


def _check_letters(text: str, what: str, place: Place) -> None:
    """Refuse what isn't an ASCII identifier, each with its own reason."""
    if not text:
        raise BadRequest(f"the {what} is empty", instead="Write one, as GatedUnit.")
    if len(text) > MAX_LENGTH:
        raise BadRequest(
            f"the {what} {text[:20]!r}... has {len(text)} characters",
            instead=f"Use {MAX_LENGTH} at most.",
        )
    if "/" in text or "\\" in text:
        raise BadRequest(
            f"the {what} {text!r} holds a path",
            place=place,
            instead="Write the name alone, and the folder with --into DIR.",
        )
    for column, character in enumerate(text, start=1):
        if not character.isascii():
            raise _foreign(text, column, what)
    if text[0].isdigit():
        raise BadRequest(
            f"the {what} {text!r} begins with a digit",
            place=place,
            instead="Begin with a letter.",
        )
    if not text.isidentifier():
        raise _not_identifier(text, what)


def _not_identifier(text: str, what: str) -> BadRequest:
    """Point at the first character that no name may have, and suggest a name without."""
    kept = "".join(each if each.isalnum() else "_" for each in text).strip("_")
    column = next(
        at
        for at, each in enumerate(text, start=1)
        if not (each.isalnum() or each == "_")
    )
    good = kept.isidentifier() and not keyword.iskeyword(kept)
    return BadRequest(
        f"the {what} {text!r} holds {text[column - 1]!r}, which no Python name may",
        place=_place("NAME", text, column),
        instead=f"Write {kept!r}." if good else "Use letters, digits and _.",
    )


def _foreign(text: str, column: int, what: str) -> BadRequest:
    character = text[column - 1]
    name = unicodedata.name(character, "a character without a name")
    return BadRequest(
        f"the {what} {text!a} holds U+{ord(character):04X} ({name})",
        place=_place("NAME", text, column),
        instead="Use the letters a-z and A-Z, digits and _: others are easily mistaken.",
    )


def _check_words(spellings: Iterable[str], what: str, place: Place) -> None:
    for each in spellings:
        if keyword.iskeyword(each) or keyword.issoftkeyword(each):
            raise BadRequest(
                f"the {what} {each!r} is a word of Python itself",
                place=place,
                instead=f"Choose another name, as {'my_' + each.strip('_').lower()!r}.",
            )


def _clash(text: str, kind: Kind) -> str:
    """What a component of this name would clash with, or ""."""
    module, cls = module_name(text), class_name(text)
    if cls in reserved.CLASSES or text in reserved.CLASSES:
        return f"the class {cls} that the generated file uses"
    if module in reserved.MODULES or text in reserved.MODULES:
        used = text if text in reserved.MODULES else module
        return f"{used!r}, which the generated files use themselves"
    if module.startswith("test_"):
        return "pytest, which runs everything named test_... as a test"
    if kind is not Kind.LAYER and module in reserved.BUILTINS:
        return f"Python's own {module}()"
    return ""


def _another(text: str, kind: Kind) -> str:
    if kind is Kind.LAYER:
        return f"My{class_name(text)}"
    return f"my_{module_name(text)}"


def _argument_clash(name: str, kind: Kind, others: Collection[str]) -> str:
    """What an argument of this name would clash with, or ""."""
    if name.startswith("_"):
        return "private names, which begin with '_'"
    if name in reserved.ARGUMENTS:
        return f"{name!r}, which the generated code uses itself"
    if name.startswith("grad_") and name.removeprefix("grad_") in others:
        return f"the gradient of {name.removeprefix('grad_')!r} in backward"
    if kind in (Kind.LAYER, Kind.LOSS) and name in reserved.MODULE_MEMBERS:
        return f"nn.Module's own {name}"
    if kind is Kind.LOSS and name == "reduction":
        return "'reduction', which every loss gets"
    if kind is not Kind.LAYER and name in reserved.CONTEXT_MEMBERS:
        return f"{name!r} of autograd's context"
    return ""


def _is_importable(name: str, into: Path) -> bool:
    """Whether `import name` finds something elsewhere than in `into`; imports nothing."""
    own = {Path.cwd(), into.resolve()}
    paths = [each for each in sys.path if each and Path(each).resolve() not in own]
    return PathFinder.find_spec(name, paths) is not None


def _place(source: str, text: str, column: int | None = None) -> Place:
    return Place(source, None, column, text if text.isprintable() else ascii(text))
