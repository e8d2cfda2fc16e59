"""conv_bn_relu(x, w, gamma, beta): 2d convolution, batch norm, relu, with a hand-readable backward."""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx
from torch.nn.grad import conv2d_input, conv2d_weight

__all__ = ["ConvBnReluFunction", "conv_bn_relu"]

EPS = 1e-5
PER_CHANNEL = (0, 2, 3)  # batch, height and width


class ConvBnReluFunction(Function):
    """Differentiate conv_bn_relu explicitly, keeping its inputs, the convolution and the output.

    With y = conv2d(x, w), mean and variance over batch, height and width,
    rstd = 1 / sqrt(variance + eps), y_hat = (y - mean) * rstd, and g the incoming gradient where
    the output is positive, else 0:

        grad_beta  = sum(g)
        grad_gamma = sum(g * y_hat)
        grad_y     = gamma * rstd * (g - mean(g) - y_hat * mean(g * y_hat))
        grad_x     = the convolution's gradient by its input, of grad_y
        grad_w     = the convolution's gradient by its weight, of grad_y
    """

    generate_vmap_rule = True

    @staticmethod
    def normed(y: Tensor) -> tuple[Tensor, Tensor]:
        """Normalise each channel; the second value is 1 / its standard deviation."""
        mean = y.mean(PER_CHANNEL, keepdim=True)
        var = y.var(PER_CHANNEL, unbiased=False, keepdim=True)
        rstd = torch.rsqrt(var + EPS)
        return (y - mean) * rstd, rstd

    @staticmethod
    def forward(
        x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor
    ) -> tuple[Tensor, Tensor]:
        y = F.conv2d(x, w, padding=1)
        y_hat, _ = ConvBnReluFunction.normed(y)
        return F.relu(y_hat * gamma.view(1, -1, 1, 1) + beta.view(1, -1, 1, 1)), y

    @staticmethod
    def setup_context(
        ctx: FunctionCtx,
        inputs: tuple[Tensor, Tensor, Tensor, Tensor],
        output: tuple[Tensor, Tensor],
    ) -> None:
        x, w, gamma, _ = inputs
        out, y = output
        ctx.mark_non_differentiable(y)
        ctx.save_for_backward(x, w, gamma, y, out)

    @staticmethod
    def backward(
        ctx: FunctionCtx, grad_out: Tensor, _: Tensor
    ) -> tuple[Tensor | None, ...]:
        x, w, gamma, y, out = ctx.saved_tensors
        grad_x = grad_w = grad_gamma = grad_beta = None

        if torch.is_grad_enabled():  # a second derivative goes through y too
            y = F.conv2d(x, w, padding=1)
        g = grad_out * (out > 0)
        if any(ctx.needs_input_grad[:3]):
            y_hat, rstd = ConvBnReluFunction.normed(y)
        if ctx.needs_input_grad[0] or ctx.needs_input_grad[1]:
            projection = y_hat * (g * y_hat).mean(PER_CHANNEL, keepdim=True)
            centered = g - g.mean(PER_CHANNEL, keepdim=True) - projection
            grad_y = gamma.view(1, -1, 1, 1) * rstd * centered
        if ctx.needs_input_grad[0]:
            grad_x = conv2d_input(x.shape, w, grad_y, padding=1)
        if ctx.needs_input_grad[1]:
            grad_w = conv2d_weight(x, w.shape, grad_y, padding=1)
        if ctx.needs_input_grad[2]:
            grad_gamma = (g * y_hat).sum(PER_CHANNEL)
        if ctx.needs_input_grad[3]:
            grad_beta = g.sum(PER_CHANNEL)
        return grad_x, grad_w, grad_gamma, grad_beta


def conv_bn_relu(x: Tensor, w: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """Convolve with a padding of 1, normalise each channel over the batch, scale, shift, clip at 0.

    Args:
        x: (batch, in_channels, height, width), floating.
        w: (out_channels, in_channels, 3, 3).
        gamma: (out_channels,).
        beta: (out_channels,).

    Returns:
        A tensor of shape (batch, out_channels, height, width).
    """
    out, _ = ConvBnReluFunction.apply(x, w, gamma, beta)
    return out
