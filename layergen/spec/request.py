"""What a command was given, before anything of it is read."""

from dataclasses import dataclass

from layergen.spec.model import Backward, Kind, Recompute

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a `new-*` command was given, unread: each text as it was typed.

    Attributes:
        forward: `--forward`, an expression.
        from_: `--from`, FILE.py:FUNCTION.
        like: `--like`, the name of a bundled example.
        arguments: each `--arg`, NAME:TYPE[=DEFAULT].
        shapes: each `--shape`, NAME=DIM,DIM.
        parameters: each `--param`, NAME=INIT[:DIM,DIM].
        buffers: each `--buffer`, NAME=INIT[:DIM,DIM].
        submodules: each `--submodule`, NAME=EXPR.
        cases: each `--case`, NAME=VALUE,NAME=VALUE.
    """

    kind: Kind
    name: str
    forward: str | None = None
    from_: str | None = None
    like: str | None = None
    arguments: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    buffers: tuple[str, ...] = ()
    submodules: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    backward: Backward | None = None
    recompute: Recompute | None = None
