"""The only file that touches torch's private modules."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeTensorMode,
)

__all__ = ["looks_at_values"]


def looks_at_values(function: Callable[..., Any], inputs: Sequence[Any]) -> str:
    """Tell what in a function needs a tensor's values: "aten._local_scalar_dense", or "".

    It runs on tensors that have shapes and no values, as torch.compile would see them.
    """
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        fakes = [
            mode.from_tensor(each.detach()) if isinstance(each, Tensor) else each
            for each in inputs
        ]
        try:
            with torch.enable_grad():
                function(*fakes)
        except (DataDependentOutputException, DynamicOutputShapeException) as error:
            return str(error.func)
    return ""
