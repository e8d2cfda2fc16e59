"""Forwards that reach what no call alone does, by the rules that they reach."""

from collections.abc import Mapping, Sequence

from torch import Tensor

from tests.autodiff.rules.samples import Sample, call, real

__all__ = ["FORWARDS"]


def middle(x: Tensor) -> Tensor:
    """Select a place that depends on the size."""
    return x.select(1, x.shape[1] // 2)


FORWARDS: Mapping[str, Sequence[Sample]] = {"select": [call(middle, real(3, 6))]}
