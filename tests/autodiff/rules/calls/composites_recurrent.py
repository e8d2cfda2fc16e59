"""Cells with and without their biases."""

import torch

from tests.autodiff.rules.samples import call, real

X, H, C = real(3, 4), real(3, 5, seed=1), real(3, 5, seed=2)


def weights(gates):
    return real(5 * gates, 4, seed=3), real(5 * gates, 5, seed=4)


def biases(gates):
    return real(5 * gates, seed=5), real(5 * gates, seed=6)


CALLS = {
    name: [
        call(cell, X, state, *weights(gates)),
        call(cell, X, state, *weights(gates), *biases(gates)),
    ]
    for name, cell, state, gates in (
        ("gru_cell", torch.gru_cell, H, 3),
        ("lstm_cell", torch.lstm_cell, [H, C], 4),
        ("rnn_relu_cell", torch.rnn_relu_cell, H, 1),
        ("rnn_tanh_cell", torch.rnn_tanh_cell, H, 1),
    )
}
