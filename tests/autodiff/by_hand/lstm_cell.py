"""lstm_cell(x, h, c, w, u): one step of a long short-term memory, with a hand-readable backward."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["LstmCellFunction", "lstm_cell"]


class LstmCellFunction(Function):
    """Differentiate lstm_cell explicitly, keeping its inputs, the gates and the new cell.

    With i, f, o = sigmoid and g = tanh of the gates, c2 = f * c + i * g, h2 = o * tanh(c2), and
    grad_h2 and grad_c2 incoming:

        d          = grad_c2 + grad_h2 * o * (1 - tanh(c2)^2)
        grad_gates = d * g * i * (1 - i),  d * c * f * (1 - f),  d * i * (1 - g^2),
                     grad_h2 * tanh(c2) * o * (1 - o), side by side
        grad_c     = d * f
        grad_x     = grad_gates @ w^T,  grad_w = x^T @ grad_gates
        grad_h     = grad_gates @ u^T,  grad_u = h^T @ grad_gates
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(
        x: Tensor, h: Tensor, c: Tensor, w: Tensor, u: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        gates = x @ w + h @ u
        i, f, g, o = gates.chunk(4, -1)
        c2 = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c2), c2, gates

    @staticmethod
    def setup_context(
        ctx: FunctionCtx, inputs: tuple[Any, ...], output: tuple[Tensor, ...]
    ) -> None:
        x, h, c, w, u = inputs
        _, c2, gates = output
        ctx.mark_non_differentiable(gates)
        ctx.save_for_backward(x, h, c, w, u, c2, gates)

    @staticmethod
    def backward(
        ctx: FunctionCtx, grad_h2: Tensor, grad_c2: Tensor, _: Tensor
    ) -> tuple[Tensor | None, ...]:
        x, h, c, w, u, c2, gates = ctx.saved_tensors
        grad_x = grad_h = grad_c = grad_w = grad_u = None

        if torch.is_grad_enabled():  # a second derivative goes through the gates too
            gates = x @ w + h @ u
        i, f, g, o = gates.chunk(4, -1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        t = torch.tanh(c2)
        d = grad_c2 + grad_h2 * o * (1 - t.square())
        grad_gates = torch.cat(
            [
                d * g * i * (1 - i),
                d * c * f * (1 - f),
                d * i * (1 - g.square()),
                grad_h2 * t * o * (1 - o),
            ],
            dim=-1,
        )
        if ctx.needs_input_grad[0]:
            grad_x = grad_gates @ w.mT
        if ctx.needs_input_grad[1]:
            grad_h = grad_gates @ u.mT
        if ctx.needs_input_grad[2]:
            grad_c = d * f
        if ctx.needs_input_grad[3]:
            grad_w = x.mT @ grad_gates
        if ctx.needs_input_grad[4]:
            grad_u = h.mT @ grad_gates
        return grad_x, grad_h, grad_c, grad_w, grad_u


def lstm_cell(
    x: Tensor, h: Tensor, c: Tensor, w: Tensor, u: Tensor
) -> tuple[Tensor, Tensor]:
    """Step a long short-term memory: gates i, f, g, o, in this order, without biases.

    Args:
        x: (batch, features), floating.
        h: (batch, hidden), the state before.
        c: (batch, hidden), the cell before.
        w: (features, 4 * hidden).
        u: (hidden, 4 * hidden).

    Returns:
        The new state and the new cell, each (batch, hidden).
    """
    h2, c2, _ = LstmCellFunction.apply(x, h, c, w, u)
    return h2, c2
