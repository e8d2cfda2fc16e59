"""One file to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = ["Entry", "entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file to be: its path in the component, its template, and the views it sees."""

    path: PurePosixPath
    template: str
    views: Mapping[str, object]


def entry(path: str, template: str | None = None, **views: object) -> Entry:
    """Name a file's template by its own path, unless told."""
    return Entry(PurePosixPath(path), f"{template or path}.jinja", views)
