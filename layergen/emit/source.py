"""A finished file, as text on its way to the tree."""

from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = ["SourceFile"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a component.

    Attributes:
        path: relative to the component's folder: "op.py", "tests/test_op.py".
        text: what is written, in UTF-8, byte for byte: no newline is translated.
    """

    path: PurePosixPath
    text: str
