"""The only file that touches torch's private modules."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["looks_at_values"]

# Operators whose answer's shape, or whose answer in Python, depends on values
# (tags data_dependent_output and dynamic_output_shape in aten/native_functions.yaml).
TAGS = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}


class WatchForValues(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch's
    """Note the operators that need a tensor's values."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch's
        self.seen: list[str] = []

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
        return func(*args, **(kwargs or {}))


def looks_at_values(function: Callable[..., Any], inputs: Sequence[Any]) -> str:
    """Tell what in a function needs a tensor's values: "aten.nonzero.default", or "".

    What does can't be compiled whole: the compiler sees shapes and no values.
    """
    with WatchForValues() as watch:
        function(*inputs)
    return next(iter(watch.seen), "")
