"""What a forward may not do, and how what changes a tensor becomes what computes one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.operations import Operation
from layergen.autodiff.refusal import Reason

__all__ = ["refusal_of", "without_in_place"]

NEVER: Mapping[str, Reason] = MappingProxyType(
    {
        "__bool__": Reason.DATA_DEPENDENT_BRANCH,
        "is_nonzero": Reason.DATA_DEPENDENT_BRANCH,
        "equal": Reason.DATA_DEPENDENT_BRANCH,
        "allclose": Reason.DATA_DEPENDENT_BRANCH,
        "item": Reason.PYTHON_VALUE,
        "tolist": Reason.PYTHON_VALUE,
        "__float__": Reason.PYTHON_VALUE,
        "__int__": Reason.PYTHON_VALUE,
        "__index__": Reason.PYTHON_VALUE,
        "__contains__": Reason.PYTHON_VALUE,
        "__format__": Reason.PYTHON_VALUE,
        "numpy": Reason.NUMPY,
        "__array__": Reason.NUMPY,
        "nonzero": Reason.DATA_DEPENDENT_SHAPE,
        "argwhere": Reason.DATA_DEPENDENT_SHAPE,
        "unique": Reason.DATA_DEPENDENT_SHAPE,
        "unique_consecutive": Reason.DATA_DEPENDENT_SHAPE,
        "masked_select": Reason.DATA_DEPENDENT_SHAPE,
        "setitem": Reason.INDEXED_ASSIGNMENT,
        "set": Reason.ATTRIBUTE_ASSIGNMENT,
        "backward": Reason.AUTOGRAD_INSIDE,
        "requires_grad_": Reason.AUTOGRAD_INSIDE,
        "register_hook": Reason.AUTOGRAD_INSIDE,
        "retain_grad": Reason.AUTOGRAD_INSIDE,
        "as_strided": Reason.MEMORY_LAYOUT,
        "stride": Reason.MEMORY_LAYOUT,
        "is_contiguous": Reason.MEMORY_LAYOUT,
        "storage_offset": Reason.MEMORY_LAYOUT,
        "data_ptr": Reason.MEMORY_LAYOUT,
        "to_sparse": Reason.SPARSE,
    }
)


def refusal_of(
    found: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Reason | None:
    """Tell why a call can't be in a forward, if it can't."""
    if found.op in NEVER:
        return NEVER[found.op]
    if kwargs.get("out") is not None:
        return Reason.OUT_ARGUMENT
    if found.op == "getitem" and by_mask(args[1]):
        return Reason.DATA_DEPENDENT_SHAPE
    return None


def by_mask(index: Any) -> bool:
    """Tell whether an index picks by a mask: how many elements depends on its values."""
    each = index if isinstance(index, tuple) else (index,)
    return any(isinstance(at, Tensor) and at.dtype == torch.bool for at in each)


def without_in_place(
    func: Callable[..., Any], kwargs: dict[str, Any]
) -> Callable[..., Any] | None:
    """Take `inplace=True` out of a call, where that is how it was asked for."""
    if kwargs.get("inplace") is True:
        del kwargs["inplace"]
        return func
    return None
