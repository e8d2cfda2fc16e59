"""What autocast runs in a narrower dtype."""

__all__ = ["MULTIPLIES"]

# Operations that want one dtype of their operands, or that autocast makes narrow:
# pytorch.org/docs/stable/amp.html, "ops that autocast to lower precision".
MULTIPLIES = frozenset(
    [
        "addbmm",
        "addmm",
        "addmv",
        "addr",
        "baddbmm",
        "bmm",
        "conv1d",
        "conv1d_input",
        "conv1d_weight",
        "conv2d",
        "conv2d_input",
        "conv2d_weight",
        "conv3d",
        "conv3d_input",
        "conv3d_weight",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "dot",
        "einsum",
        "linear",
        "matmul",
        "mm",
        "mv",
        "outer",
        "tensordot",
    ]
)
