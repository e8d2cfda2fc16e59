"""Times forward and backward, of two functions in turn."""

import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.call import as_tuple
from layergen.check.kept import Run

__all__ = ["lasting", "seconds", "shapes_of"]

TIME = 0.05  # seconds for all rounds but the first few
FEWEST, MOST = 3, 25  # rounds of both sides in turn


def seconds(*pair: Run) -> tuple[float, float]:
    """Take the fastest run of each side, in turn: what disturbs a run only makes it longer."""
    ends = time.perf_counter() + TIME
    rounds: list[tuple[float, float]] = []
    while len(rounds) < FEWEST or (len(rounds) < MOST and time.perf_counter() < ends):
        rounds.append((lasting(pair[0]), lasting(pair[1])))
    first, second = (min(side) for side in zip(*rounds, strict=True))
    return first, second


def lasting(run: Run) -> float:
    """Time one forward and backward."""
    wanted = [
        each for each in run.inputs if isinstance(each, Tensor) and each.requires_grad
    ]
    settle(run.inputs)
    start = time.perf_counter()
    outputs = as_tuple(run.function(*run.inputs))
    ones = [torch.ones_like(each) for each in outputs]
    torch.autograd.grad(outputs, wanted, ones, allow_unused=True)
    settle(run.inputs)
    return time.perf_counter() - start


def settle(inputs: Sequence[Any]) -> None:
    """Wait for the devices that compute while Python goes on."""
    devices = {each.device for each in inputs if isinstance(each, Tensor)}
    for device in devices:
        if device.type not in ("cpu", "meta"):
            torch.accelerator.synchronize(device)


def shapes_of(
    names: Sequence[str], inputs: Sequence[Any]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Tell the shapes of the tensors by the names of the arguments."""
    return tuple(
        (name, tuple(each.shape))
        for name, each in zip(names, inputs, strict=True)
        if isinstance(each, Tensor)
    )
