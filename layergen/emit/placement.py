"""Hand device and dtype on to the submodules that take them."""

import ast
from itertools import accumulate

__all__ = ["placed"]

# torch.nn classes whose constructors take device and dtype (torch 2.13, torch/nn/modules).
TAKE_DEVICE_AND_DTYPE = frozenset(
    [
        "AdaptiveLogSoftmaxWithLoss",
        "BatchNorm1d",
        "BatchNorm2d",
        "BatchNorm3d",
        "Bilinear",
        "Conv1d",
        "Conv2d",
        "Conv3d",
        "ConvTranspose1d",
        "ConvTranspose2d",
        "ConvTranspose3d",
        "Embedding",
        "EmbeddingBag",
        "GRU",
        "GRUCell",
        "GroupNorm",
        "InstanceNorm1d",
        "InstanceNorm2d",
        "InstanceNorm3d",
        "LSTM",
        "LSTMCell",
        "LayerNorm",
        "LazyBatchNorm1d",
        "LazyBatchNorm2d",
        "LazyBatchNorm3d",
        "LazyConv1d",
        "LazyConv2d",
        "LazyConv3d",
        "LazyConvTranspose1d",
        "LazyConvTranspose2d",
        "LazyConvTranspose3d",
        "LazyInstanceNorm1d",
        "LazyInstanceNorm2d",
        "LazyInstanceNorm3d",
        "LazyLinear",
        "Linear",
        "MultiheadAttention",
        "PReLU",
        "RMSNorm",
        "RNN",
        "RNNCell",
        "SyncBatchNorm",
        "Transformer",
        "TransformerDecoderLayer",
        "TransformerEncoderLayer",
    ]
)
KEYWORDS = "**factory_kwargs"


def placed(constructor: str, blocks: frozenset[str]) -> str:
    """Add `**factory_kwargs` to each call in an expression that constructs such a module.

    `nn.Sequential(nn.Linear(3, 5), nn.ReLU())` becomes
    `nn.Sequential(nn.Linear(3, 5, **factory_kwargs), nn.ReLU())`.

    Args:
        constructor: the expression; it comes back as it was where nothing takes them.
        blocks: classes of the component's own that hold tensors.
    """
    text = constructor.strip()
    encoded = text.encode()
    starts = [0, *accumulate(len(line) for line in encoded.splitlines(keepends=True))]
    calls = [
        node
        for node in ast.walk(ast.parse(text, mode="eval"))
        if isinstance(node, ast.Call) and takes(node, blocks)
    ]
    ends = [starts[(c.end_lineno or 1) - 1] + (c.end_col_offset or 0) for c in calls]
    for end in sorted(ends, reverse=True):
        before = encoded[: end - 1].rstrip()
        comma = b"" if before.endswith((b"(", b",")) else b", "
        encoded = before + comma + KEYWORDS.encode() + encoded[end - 1 :]
    return encoded.decode()


def takes(call: ast.Call, blocks: frozenset[str]) -> bool:
    """Tell whether what is called takes device and dtype, and was not given them."""
    told = {keyword.arg for keyword in call.keywords}
    if told & {"device", "dtype"}:
        return False
    match call.func:
        case ast.Attribute(value=ast.Name(id="nn"), attr=name):
            return name in TAKE_DEVICE_AND_DTYPE
        case ast.Name(id=name):
            return name in blocks
    return False
