"""What a forward may not do, and how what changes a tensor becomes what computes one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.operations import Operation
from layergen.autodiff.refusal import Reason

__all__ = ["of_user_only", "refusal_of", "without_in_place"]

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
        "set": Reason.ATTRIBUTE_ASSIGNMENT,
        "requires_grad": Reason.GRAD_MODE,
        "is_leaf": Reason.GRAD_MODE,
        "grad_fn": Reason.GRAD_MODE,
        "grad": Reason.GRAD_MODE,
        "backward": Reason.AUTOGRAD_INSIDE,
        "requires_grad_": Reason.AUTOGRAD_INSIDE,
        "register_hook": Reason.AUTOGRAD_INSIDE,
        "retain_grad": Reason.AUTOGRAD_INSIDE,
        "as_strided": Reason.MEMORY_LAYOUT,
        "stride": Reason.MEMORY_LAYOUT,
        "is_contiguous": Reason.MEMORY_LAYOUT,
        "storage_offset": Reason.MEMORY_LAYOUT,
        "data_ptr": Reason.MEMORY_LAYOUT,
        "storage": Reason.MEMORY_LAYOUT,
        "untyped_storage": Reason.MEMORY_LAYOUT,
        "resize_": Reason.ALIAS_IN_PLACE,
        "resize_as_": Reason.ALIAS_IN_PLACE,
        "set_": Reason.ALIAS_IN_PLACE,
        "nested_tensor": Reason.SPARSE,
        "quantize_per_channel": Reason.SPARSE,
        "quantize_per_tensor": Reason.SPARSE,
        "quantize_per_tensor_dynamic": Reason.SPARSE,
        "sparse_compressed_tensor": Reason.SPARSE,
        "sparse_coo_tensor": Reason.SPARSE,
        "to_mkldnn": Reason.SPARSE,
        "to_sparse": Reason.SPARSE,
    }
)
# What torch's own code may ask: it computes the same either way.
OF_USER_ONLY = frozenset({Reason.GRAD_MODE, Reason.MEMORY_LAYOUT})


def refusal_of(
    found: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Reason | None:
    """Tell why a call can't be in a forward, if it can't."""
    if found.op in NEVER:
        return NEVER[found.op]
    in_place = found.op.partition(".")[0]  # set_.source_Tensor, as torch calls itself
    if in_place.endswith("_") and in_place in NEVER:
        return NEVER[in_place]
    if kwargs.get("out") is not None:
        return Reason.OUT_ARGUMENT
    if kwargs.get("generator") is not None:
        return Reason.OBJECT_ARGUMENT
    if found.op == "getitem" and by_mask(args[1]):
        return Reason.DATA_DEPENDENT_SHAPE
    return None


def of_user_only(reason: Reason) -> bool:
    """Tell whether a reason holds for the user's own lines alone."""
    return reason in OF_USER_ONLY


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
