"""The public spelling of an operator below autograd."""

from functools import cache
from typing import Any

import torch

from layergen.autodiff.operations import BELOW, Operation
from layergen.ir.graph import Syntax

__all__ = ["public"]

# Tensor methods with the operator's own arguments in the operator's order.
METHODS = frozenset(
    [
        "amax",
        "conj",
        "contiguous",
        "expand",
        "flatten",
        "flip",
        "index_add",
        "masked_fill",
        "mean",
        "new_empty",
        "new_full",
        "new_ones",
        "new_zeros",
        "permute",
        "repeat",
        "reshape",
        "scatter_add",
        "split",
        "squeeze",
        "sum",
        "sum_to_size",
        "to",
        "transpose",
        "unbind",
        "unsqueeze",
        "view",
    ]
)
# torch.NAME exists, and takes other arguments or means another thing.
OTHERWISE = frozenset(
    [
        "alias",
        "all",
        "any",
        "argsort",
        "avg_pool2d",
        "binary_cross_entropy_with_logits",
        "block_diag",
        "col2im",
        "convolution_overrideable",
        "copy",
        "div",
        "elu",
        "fill",
        "full",
        "glu",
        "hardtanh",
        "im2col",
        "index",
        "index_put",
        "leaky_relu",
        "lift_fresh",
        "linspace",
        "max",
        "median",
        "min",
        "native_batch_norm",
        "new_empty_strided",
        "norm",
        "rand_like",
        "round",
        "select_backward",
        "set",
        "slice",
        "softplus",
        "sort",
        "squeeze",
        "std",
        "unfold",
        "var",
        "where",
        "zero",
        "max_pool2d_with_indices",
        "sym_size",
    ]
)
# Operators that are a public one in all but what they promise about memory.
SAME_AS = {
    "_unsafe_view": "reshape",
    "_reshape_alias": "reshape",
    "view": "reshape",
    "unsafe_split": "split",
    "unsafe_split_with_sizes": "split",
    "unsafe_chunk": "chunk",
    "split_with_sizes": "split",
    "conj_physical": "conj",
    "_conj": "conj",
}
OPERATORS = frozenset(
    ["add", "sub", "mul", "neg", "pow", "matmul", "gt", "lt", "ge", "le", "eq", "ne"]
)
SPACES = {"special_": torch.special, "linalg_": torch.linalg, "fft_": torch.fft}


@cache
def public(func: Any) -> Operation:
    """Name an operator of torch.ops by the public function that is the same, if there is one."""
    raw = func._schema.name.split("::")[1].removesuffix("_copy")
    raw = SAME_AS.get(raw, raw)
    if func is torch.ops.prims.convert_element_type.default:
        return Operation("to", "to", Syntax.METHOD)
    if func.namespace != "aten" or raw == "_to" or func is torch.ops.aten.view.dtype:
        return private(func, raw)
    tensors = [str(each.type) == "Tensor" for each in func._schema.arguments]
    if raw in OPERATORS and tensors:
        return Operation(raw, raw, Syntax.OPERATOR)
    if raw == "div" and func._overloadname in ("Tensor", "Scalar"):
        return Operation(raw, raw, Syntax.OPERATOR)
    if func in (torch.ops.aten.slice.Tensor, torch.ops.aten.slice_copy.Tensor):
        return Operation("getitem", "__getitem__", Syntax.INDEX)
    if raw in ("_softmax", "_log_softmax"):
        return Operation(raw[1:], f"torch{raw.replace('_', '.', 1)}", Syntax.FUNCTION)
    if raw in METHODS and tensors and tensors[0]:
        return Operation(raw, raw, Syntax.METHOD)
    for start, space in SPACES.items():
        name = raw.removeprefix(start)
        if raw.startswith(start) and hasattr(space, name):
            path = f"{space.__name__}.{name}"
            return Operation(path.removeprefix("torch."), path, Syntax.FUNCTION)
    if raw == "where" and func._overloadname in (
        "self",
        "ScalarOther",
        "ScalarSelf",
        "Scalar",
    ):
        return Operation(raw, "torch.where", Syntax.FUNCTION)
    is_public = hasattr(torch, raw) and raw not in OTHERWISE
    if is_public and not raw.startswith("_") and not raw.endswith("_backward"):
        return Operation(raw, f"torch.{raw}", Syntax.FUNCTION)
    return private(func, raw)


def private(func: Any, raw: str) -> Operation:
    """Spell an operator by its path in torch.ops."""
    own = func._schema.name.split("::")[1]
    path = f"{BELOW}{func.namespace}.{own}.{func._overloadname or 'default'}"
    raw = "_to_copy" if own == "_to_copy" else raw
    return Operation(raw, path, Syntax.FUNCTION)
