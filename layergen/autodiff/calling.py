"""Who calls torch, and calling it: the user's lines, torch's own, and ours."""

import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any

from layergen.autodiff.canonical import bare
from layergen.autodiff.operations import Operation
from layergen.autodiff.shaped import shaped

__all__ = ["called", "caller_of", "is_torch", "line_of", "run"]

# Between the user's `x.storage()` and us.
ON_THE_WAY = ("torch.overrides", "torch._tensor")


def run(
    func: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """Call torch without names; its own Python is no concern of who watches the user's."""
    watching = sys.gettrace()
    sys.settrace(None)
    try:
        args, kwargs = bare(args), bare(kwargs)
        made = shaped(func, args, kwargs)
        return func(*args, **kwargs) if made is None else made
    finally:
        sys.settrace(watching)


def is_torch(frame: FrameType | None) -> bool:
    """Tell whether a line of torch's own asks, and not the user's."""
    while frame is not None and frame.f_globals.get("__name__") in ON_THE_WAY:
        frame = frame.f_back
    name: str = frame.f_globals.get("__name__", "") if frame else ""
    return name.partition(".")[0] == "torch"


def caller_of(func: Callable[..., Any]) -> FrameType | None:
    """Find who called a function of torch that is being recorded."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and (
        frame.f_globals.get("__name__", "").partition(".")[0] == "layergen"
        or frame.f_globals.get("__name__") in ON_THE_WAY
        or frame.f_code is getattr(func, "__code__", None)
    ):
        frame = frame.f_back
    return frame


def line_of(code: CodeType | None) -> int:
    """Find the line of a function that is running, or 0."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and code is not None:
        if frame.f_code is code:
            return frame.f_lineno
        frame = frame.f_back
    return 0


def called(found: Operation) -> str:
    """Name an operation as the user knows it: "relu_", "softmax", "set_"."""
    path = found.name.partition(".")[0]
    name = found.name.rpartition(".")[2] if path in ("torch", "F") else path
    return name.strip("_") if name.startswith("__") else name
