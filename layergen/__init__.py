"""layergen writes finished PyTorch layers, ops and losses, with the tests that prove them."""

from typing import Any

__all__ = ["BadRequest", "CannotDerive", "__version__", "derive"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load what needs torch only when it is asked for."""
    if name == "derive":
        from layergen.deriving import derive

        return derive
    if name in ("BadRequest", "CannotDerive"):
        from layergen import errors

        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
