"""FILE.py:FUNCTION: the file read, and run once to see that it can be imported."""

import ast
import importlib
import runpy
import sys
import tokenize
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from layergen.errors import BadRequest, Place
from layergen.spec.source import Source

__all__ = ["check_neighbours", "read_file", "run_once", "split_reference"]

_FORM = "Write --from FILE.py:FUNCTION, as --from forwards.py:swish."


def split_reference(reference: str) -> tuple[str, str]:
    """Take FILE.py:FUNCTION apart."""
    file, _, function = reference.rpartition(":")
    if not file or not function:
        raise BadRequest(
            f"--from {reference!r} does not name a file and a function",
            place=Place("--from", None, 1, reference),
            instead=_FORM,
        )
    if not function.isidentifier():
        column = len(file) + 2
        raise BadRequest(
            f"{function!r} is no name of a function",
            place=Place("--from", None, column, reference),
            instead=f"{_FORM} Only functions at the top of the file are taken.",
        )
    return file, function


def read_file(file: str, cwd: Path) -> tuple[Path, Source]:
    """Read a Python file, in the encoding it declares.

    Raises:
        BadRequest: it isn't there, is no Python file, or is no text.
    """
    path = cwd / Path(file).expanduser()
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise BadRequest(
            f"the file {file!r} {what}",
            place=Place("--from", None, 1, file),
            instead=f"The path is taken from {cwd}. {_FORM}",
        )
    if path.suffix != ".py":
        raise BadRequest(
            f"the file {file!r} is no .py file",
            place=Place("--from", None, 1, file),
            instead=_FORM,
        )
    try:
        with tokenize.open(path) as opened:
            return path, Source.read(file, opened.read())
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise BadRequest(
            f"the file {file!r} can't be read: {error}", instead="Save it as UTF-8."
        ) from None


def run_once(path: Path, source: Source) -> None:
    """Run a file as an import would, and forget what it defined.

    Raises:
        BadRequest: it fails, with its own failing line and the error's last line.
    """
    with _its_folder_importable(path.parent):
        try:
            runpy.run_path(str(path), run_name=f"<{path.stem}>")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit and pytest's skip included
            raise _failed(error, path, source) from None


def check_neighbours(imports: Sequence[str], path: Path, source: Source) -> None:
    """Refuse imports of the files beside the file: a component stands without them.

    Args:
        imports: the statements that the function brings along.
        path: of the file.
        source: its text.
    """
    needed = {root for line in imports for root in _roots(ast.parse(line).body[0])}
    for node in source.parse().body:
        for root in sorted(needed & set(_roots(node))):
            beside = path.parent / root
            if beside.is_dir() or beside.with_suffix(".py").is_file():
                raise source.refuse(
                    node,
                    f"{root!r} is imported from beside {source.name}, and a component "
                    "stands on its own",
                    f"Copy what the function needs of {root!r} into {source.name}.",
                )


def _roots(node: ast.stmt) -> Iterator[str]:
    """The top-level modules that an import statement names."""
    if isinstance(node, ast.Import):
        yield from (each.name.partition(".")[0] for each in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield (node.module or "").partition(".")[0]


def _failed(error: BaseException, path: Path, source: Source) -> BadRequest:
    last = traceback.format_exception_only(error)[-1].strip()
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(path) and frame.lineno is not None
    ]
    place = source.place_at(lines[-1]) if lines else Place(source.name)
    return BadRequest(
        f"{source.name} fails when it is imported: {last}",
        place=place,
        instead="Mend it, or move the function to a file that can be imported.",
    )


@contextmanager
def _its_folder_importable(folder: Path) -> Iterator[None]:
    """Put a file's folder on the path; afterwards forget the modules that lie there."""
    path, modules = list(sys.path), set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            found = getattr(sys.modules[name], "__file__", None)
            if found and Path(found).resolve().parent == folder.resolve():
                del sys.modules[name]
