"""Example inputs in other shapes, drawn from what the given ones hold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from layergen.autodiff.misfits import refuse_misfits
from layergen.gate.claim import is_floating
from layergen.gate.probe import called, flat, leaves

__all__ = ["Call", "Shapes", "calls_of", "redrawn", "runs", "shapes_of"]

Shapes = tuple[tuple[int, ...] | None, ...]  # of each argument; None is no tensor
Call = tuple[str, tuple[tuple[bool, ...], ...]]

SHRINK = 0.2  # entries are moved towards 0 by up to this: signs and (0, 1) are kept


def shapes_of(args: Sequence[Any]) -> Shapes:
    """List the shapes of the arguments."""
    return tuple(
        tuple(each.shape) if isinstance(each, Tensor) else None for each in args
    )


def redrawn(args: Sequence[Any], shapes: Shapes) -> tuple[Any, ...]:
    """Fill new shapes; an argument that keeps its shape is kept."""
    generator = torch.Generator().manual_seed(0)
    return tuple(
        each if old == new else filled(each, new or (), generator)
        for each, old, new in zip(args, shapes_of(args), shapes, strict=True)
    )


def filled(
    tensor: Tensor, shape: tuple[int, ...], generator: torch.Generator
) -> Tensor:
    """Choose entries of a tensor at random; ones that are not whole are moved a little.

    Positive numbers, probabilities, masks and indices stay what they are.
    """
    entries = tensor.detach().reshape(-1)
    count = torch.Size(shape).numel()
    if not entries.numel():
        return tensor.new_zeros(shape)
    chosen = entries[torch.randint(entries.numel(), (count,), generator=generator)]
    if is_floating(tensor) and not is_whole(entries):
        moves = torch.rand(count, generator=generator, dtype=torch.float64)
        chosen = chosen * (1 - SHRINK * moves).to(chosen.dtype)
    return chosen.reshape(shape)


def is_whole(entries: Tensor) -> bool:
    """Tell whether entries are whole numbers, as of a mask or of classes."""
    return not entries.is_complex() and bool((entries == entries.round()).all())


class Calls(TorchFunctionMode):
    """Note the calls of a run: the operator, and which sizes of what goes in and out are 1.

    A call that is new at other sizes is another broadcast, or another branch of the forward.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[Call] = set()

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run an operator that checks its sizes, and note the call."""
        name = str(getattr(func, "__name__", func))
        refuse_misfits(name, args, kwargs or {})
        result = func(*args, **(kwargs or {}))
        ones = tuple(
            tuple(size == 1 for size in each.shape)
            for each in (*args, *flat(result))
            if isinstance(each, Tensor)
        )
        self.seen.add((name, ones))
        return result


def calls_of(plain: Callable[..., Any], args: Sequence[Any]) -> frozenset[Call] | None:
    """List the calls of a run; None where the forward fails, or its answer is no number."""
    try:
        with Calls() as calls:
            outputs = called(plain, leaves(args, ()))
    except Exception:
        return None
    if any(is_floating(each) and bool(each.isnan().any()) for each in outputs):
        return None
    return frozenset(calls.seen)


def runs(plain: Callable[..., Any], args: Sequence[Any]) -> bool:
    """Tell whether a forward takes arguments."""
    return calls_of(plain, args) is not None
