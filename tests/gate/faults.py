"""Backwards that are wrong in one way each, as `backward(wanted, grad, *inputs)`."""

import torch
from torch.autograd import Function

from tests.gate.functions import (
    BestFunction,
    DropoutFunction,
    swish_backward,
)


def flipped_sign(wanted, grad, x, beta):
    sigmoid = torch.sigmoid(beta * x)
    return grad * sigmoid - grad * x * sigmoid * (1 - sigmoid) * beta, None


def dropped_term(wanted, grad, x, beta):
    return grad * torch.sigmoid(beta * x), None


def burnt_in_scalar(wanted, grad, x, beta):
    return swish_backward(wanted, grad, x, 1.5)


def burnt_in_dtype(wanted, grad, x, beta):
    one = torch.ones(x.shape, dtype=torch.float64)
    return one * swish_backward(wanted, grad, x, beta)[0], None


def burnt_in_device(wanted, grad, x, beta):
    one = torch.ones(x.shape, dtype=x.dtype, device="cpu")
    return one * swish_backward(wanted, grad, x, beta)[0], None


def coarse_in_float32(wanted, grad, x, beta):
    gradient, _ = swish_backward(wanted, grad, x, beta)
    if x.dtype == torch.float32:
        gradient = gradient.bfloat16().float()
    return gradient, None


def contiguous_inputs_only(wanted, grad, x, beta):
    flat = swish_backward(wanted, grad.reshape(-1), x.view(-1), beta)[0]
    return flat.reshape(x.shape), None


def contiguous_cotangents_only(wanted, grad, x, beta):
    flat = swish_backward(wanted, grad.view(-1), x.reshape(-1), beta)[0]
    return flat.reshape(x.shape), None


def dense_cotangents_only(wanted, grad, x, beta):
    if 0 in grad.stride():
        grad = grad * grad.numel()
    return swish_backward(wanted, grad, x, beta)


def writes_into_the_cotangent(wanted, grad, x, beta):
    gradient, _ = swish_backward(wanted, grad.clone(), x, beta)
    if not torch.is_grad_enabled() and grad.is_contiguous():
        grad.zero_()
    return gradient, None


def scaled(x):
    return x * x.shape[-1] ** 0.5


def burnt_in_size(wanted, grad, x):
    return (grad * 2.0,)  # sqrt(4)


def average(x):
    return x.mean()


def right_for_matrices(wanted, grad, x):
    return (grad.expand(x.shape) / (x.shape[0] * x.shape[1]),)


def unsummed_bias(wanted, grad, x, bias):
    return grad, grad


def ignores_what_is_wanted(wanted, grad, x, y):
    return (grad * y).sum_to_size(x.shape), (grad * x).sum_to_size(y.shape)


def takes_the_other_when_alone(wanted, grad, x, y):
    if wanted[1] and not wanted[0]:
        return None, grad * y
    return grad * y, grad * x


def first_alone(wanted, grad, x, y):
    return grad * y, None


def relu_of_one_at_zero(wanted, grad, x):
    return (grad * (x >= 0),)


def sigmoid(x):
    return torch.sigmoid(x)


def naive_sigmoid(wanted, grad, x):
    return (grad * torch.exp(-x) / (1 + torch.exp(-x)).square(),)


def softplus(x):
    return torch.nn.functional.softplus(x)


def naive_softplus(wanted, grad, x):
    return (grad * torch.exp(x) / (1 + torch.exp(x)),)


def angle(x):
    return torch.angle(x)


def naive_angle(wanted, grad, x):
    return (grad * 1j * x / (x.real**2 + x.imag**2),)


def larger(x, y):
    return torch.maximum(x, y)


def all_to_the_first_at_ties(wanted, grad, x, y):
    return grad * (x >= y), grad * (x < y)


def shifted_forward(x, beta):
    return x * torch.sigmoid(beta * x) + 1e-3


class RedrawnDropoutFunction(DropoutFunction):
    """Draw another mask for the backward."""

    @staticmethod
    def backward(ctx, grad, _):
        x, mask = ctx.saved_tensors
        return 2 * grad * x * mask.flip(0), None


class UnmarkedBestFunction(BestFunction):
    """Hand out the index as a number that seems to have a gradient."""

    @staticmethod
    def forward(x):
        best, index = x.max(-1)
        return best.square(), index.to(x.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output[1].long())


def best_and_place(x):
    value, index = x.max(-1)
    return value.square(), index.to(x.dtype)


class PairFunction(Function):
    """Return two outputs, and count on a cotangent for each."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x.sin(), x.cos()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx, grad_sin, grad_cos):
        (x,) = ctx.saved_tensors
        return grad_sin * x.cos() - grad_cos * x.sin()


def sine_and_cosine(x):
    return x.sin(), x.cos()


def square(x):
    return x**2


class SquareFunction(Function):
    """Right, but for what those below change."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x**2

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * grad * x


class SilentJvpFunction(SquareFunction):
    """Answer zero to forward mode."""

    @staticmethod
    def jvp(ctx, tangent):
        return torch.zeros_like(tangent)


class UnbatchedFunction(SquareFunction):
    """Know nothing of vmap."""

    generate_vmap_rule = False


class OverwritingFunction(SquareFunction):
    """Use the input as room for the output."""

    @staticmethod
    def forward(x):
        saved = x**2
        x.add_(1)
        return saved

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0] - 1)


def backwards(x, y):
    return (x.sin() - y.flip(-1)).sum()


def backwards_of_one_shape(wanted, grad, x, y):
    return grad * x.cos(), (-grad).expand(x.shape).flip(-1) if wanted[1] else None


def along(x, y, d):
    return x + y.sin().flip(d)


def along_the_last(wanted, grad, x, y, d):
    return grad, grad.flip(d) * y.cos(), None
