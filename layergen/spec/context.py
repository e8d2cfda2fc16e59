"""An expression of --forward together with what is declared about its names."""

from dataclasses import dataclass

from layergen.errors import BadRequest
from layergen.spec.source import Located, Source

__all__ = ["Context"]


@dataclass(frozen=True, slots=True)
class Context:
    """An expression, and what is known about its names.

    Attributes:
        scalars: arguments that are declared to be numbers, not tensors.
        declared: every name that is declared, as an argument, parameter or buffer.
        submodules: names that may be called.
    """

    source: Source
    scalars: frozenset[str] = frozenset()
    declared: tuple[str, ...] = ()
    submodules: tuple[str, ...] = ()

    def refuse(self, node: Located, what: str, instead: str) -> BadRequest:
        """Make the error that points at a node."""
        return self.source.refuse(node, what, instead)
