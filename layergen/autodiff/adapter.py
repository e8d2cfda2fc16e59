"""The only file that touches torch's private modules."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["is_single", "looks_at_values"]

# Operators whose answer's shape, or whose answer in Python, depends on values
# (tags data_dependent_output and dynamic_output_shape in aten/native_functions.yaml).
SINGLE = {torch.float32, torch.float16, torch.bfloat16}
TAGS = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}


class WatchForValues(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch's
    """Note the operators that need a tensor's values, and single precision."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch's
        self.seen: list[str] = []
        self.single = False

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run an operator, and note it if it is one of them."""
        by_mask = func is torch.ops.aten.index.Tensor and any(
            isinstance(each, Tensor) and each.dtype == torch.bool for each in args[1]
        )
        always = TAGS & set(func.tags) and func is not torch.ops.aten.index.Tensor
        if by_mask or always:
            self.seen.append(str(func))
        answer = func(*args, **(kwargs or {}))
        self.single |= any(each.dtype in SINGLE for each in tensors_in(answer))
        return answer


def tensors_in(answer: Any) -> list[Tensor]:
    """List the tensors that an operator returned."""
    found = answer if isinstance(answer, tuple | list) else (answer,)
    return [each for each in found if isinstance(each, Tensor)]


def looks_at_values(function: Callable[..., Any], inputs: Sequence[Any]) -> str:
    """Tell what in a function needs a tensor's values: "aten.nonzero.default", or "".

    What does can't be compiled whole: the compiler sees shapes and no values.
    """
    return next(iter(watched(function, inputs).seen), "")


def is_single(function: Callable[..., Any], inputs: Sequence[Any]) -> bool:
    """Tell whether a function computes in single precision on float64 inputs."""
    return watched(function, inputs).single


def watched(function: Callable[..., Any], inputs: Sequence[Any]) -> WatchForValues:
    """Run a function and watch it."""
    watch = WatchForValues()
    with watch:
        function(*inputs)
    return watch
