"""Functions with a backward of their own: right ones, in the fewest lines."""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable


def with_backward(forward, backward, *, guarded=True):
    """Make a function with this backward: `backward(wanted, grad, *inputs)` returns gradients.

    A guarded one hands out no gradient that is not wanted.
    """

    class Made(Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(*inputs):
            return forward(*inputs)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.rest = [None if isinstance(i, Tensor) else i for i in inputs]
            ctx.at = [at for at, i in enumerate(inputs) if isinstance(i, Tensor)]
            ctx.save_for_backward(*(inputs[at] for at in ctx.at))

        @staticmethod
        def backward(ctx, grad):
            inputs = list(ctx.rest)
            for at, tensor in zip(ctx.at, ctx.saved_tensors, strict=True):
                inputs[at] = tensor
            wanted = ctx.needs_input_grad
            found = backward(wanted, grad, *inputs)
            found = (*found, *(None,) * (len(inputs) - len(found)))
            if not guarded:
                return found
            return tuple(g if w else None for g, w in zip(found, wanted, strict=True))

    return lambda *args: Made.apply(*args)


def swish(x, beta):
    return x * torch.sigmoid(beta * x)


def swish_backward(wanted, grad, x, beta):
    sigmoid = torch.sigmoid(beta * x)
    slope = grad * x * sigmoid * (1 - sigmoid)
    return grad * sigmoid + slope * beta, None


def relu(x):
    return F.relu(x)


def relu_backward(wanted, grad, x):
    return (grad * (x > 0),)


def add_bias(x, bias):
    return x + bias


def add_bias_backward(wanted, grad, x, bias):
    return grad.sum_to_size(x.shape), grad.sum_to_size(bias.shape)


def product(x, y):
    return x * y


def product_backward(wanted, grad, x, y):
    return (grad * y).sum_to_size(x.shape), (grad * x).sum_to_size(y.shape)


def signed(x, y):
    return x * y.sign()


def signed_backward(wanted, grad, x, y):
    return grad * y.sign(), None


def masked(x, mask):
    return torch.tanh(x if mask is None else x * mask)


def masked_backward(wanted, grad, x, mask):
    slope = grad * (1 - masked(x, mask).square())
    return ((slope if mask is None else slope * mask).sum_to_size(x.shape),)


def embedding(weight, index):
    return F.embedding(index, weight)


def embedding_backward(wanted, grad, weight, index):
    rows = grad.reshape(-1, weight.shape[-1])
    return (torch.zeros_like(weight).index_add(0, index.reshape(-1), rows),)


class DropoutFunction(Function):
    """Dropout of a square, which keeps its mask."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x, p):
        mask = F.dropout(torch.ones_like(x), p)
        return x.square() * mask, mask

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(inputs[0], output[1])

    @staticmethod
    def backward(ctx, grad, _):
        x, mask = ctx.saved_tensors
        return 2 * grad * x * mask, None


def dropout(x, p):
    return F.dropout(x.square(), p)


class BestFunction(Function):
    """The largest entry of each row, squared, and its index."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        best, index = x.max(-1)
        return best.square(), index

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output[1])

    @staticmethod
    def backward(ctx, grad, _):
        x, index = ctx.saved_tensors
        column = index.unsqueeze(-1)
        slope = 2 * grad.unsqueeze(-1) * x.gather(-1, column)
        return torch.zeros_like(x).scatter(-1, column, slope)


def best(x):
    value, index = x.max(-1)
    return value.square(), index


class BatchNormFunction(Function):
    """Normalise a batch, and update a running mean that was passed in."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x, running):
        running.mul_(0.9).add_(x.detach().mean(0), alpha=0.1)
        return x - x.mean(0)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_dirty()

    @staticmethod
    def backward(ctx, grad):
        return grad - grad.mean(0), None


def centre(x, running):
    running.mul_(0.9).add_(x.detach().mean(0), alpha=0.1)
    return x - x.mean(0)


class CubeFunction(Function):
    """A cube whose backward can't be differentiated, and says so."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        return CubeBackwardFunction.apply(grad, *ctx.saved_tensors)


class CubeBackwardFunction(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(grad, x):
        return 3 * grad * x**2

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def backward(ctx, grad):
        raise RuntimeError("a cube is differentiated once")


class OnceCubeFunction(CubeFunction):
    """The same by torch's own decorator, which torch.func takes for a constant."""

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * grad * x**2


def cube(x):
    return x**3


class NormFunction(Function):
    """Scale the rows to the length 1, and keep the lengths."""

    generate_vmap_rule = True
    rebuilds = True

    @staticmethod
    def forward(x):
        rstd = torch.rsqrt(x.square().sum(-1, keepdim=True) + 1)
        return x * rstd, rstd

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(*inputs, output[1])

    @classmethod
    def backward(cls, ctx, grad, _):
        x, rstd = ctx.saved_tensors
        if cls.rebuilds and torch.is_grad_enabled():
            rstd = torch.rsqrt(x.square().sum(-1, keepdim=True) + 1)
        out = x * rstd
        return rstd * (grad - out * (grad * out).sum(-1, keepdim=True))


class StaleNormFunction(NormFunction):
    """Take the lengths that were kept as constants when it is differentiated again."""

    rebuilds = False


def norm(x):
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) + 1)
