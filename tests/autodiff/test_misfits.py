"""Sizes that don't fit are told before torch reads beyond its memory."""

import pytest
import torch
from torch import nn

from layergen.autodiff.misfits import Misfit, refuse_misfits


def ones(*shape):
    return torch.ones(*shape)


def recurrent(kind, **settings):
    """List what a module of torch's gives its operator."""
    made = kind(3, 4, **settings)
    state = ones(made.num_layers * (2 if made.bidirectional else 1), 2, 4)
    hx = (state, state) if kind is nn.LSTM else state
    given = (made.bias, made.num_layers, 0.0, True, made.bidirectional, False)
    return [ones(5, 2, 3), hx, made._flat_weights, *given]


FIT = [
    ("_weight_norm", [ones(4, 3), ones(4, 1), 0]),
    ("_weight_norm", [ones(4, 3), ones(1, 3), 1]),
    ("_weight_norm", [ones(4, 3), torch.tensor(1.0), -1]),
    ("batch_norm", [ones(2, 3, 4), ones(3), None, ones(3), ones(3), True, 0.1, 1e-5]),
    ("gru_cell", [ones(2, 3), ones(2, 4), ones(12, 3), ones(12, 4), ones(12), None]),
    ("lstm_cell", [ones(3), (ones(4), ones(4)), ones(16, 3), ones(16, 4)]),
    ("lstm", recurrent(nn.LSTM, num_layers=2, bidirectional=True)),
    ("gru", recurrent(nn.GRU, bias=False)),
    ("rnn_tanh", recurrent(nn.RNN)),
    ("matmul", [ones(2, 3), ones(5, 7)]),  # checks for itself
]
MISFIT = [
    ("_weight_norm", [ones(4, 3), ones(5, 1), 0]),
    ("batch_norm", [ones(2, 3, 4), ones(3), None, ones(2), ones(3), True, 0.1, 1e-5]),
    ("gru_cell", [ones(2, 3), ones(2, 4), ones(12, 3), ones(12, 4), ones(11), None]),
    ("gru_cell", [ones(2, 3), ones(5, 4), ones(12, 3), ones(12, 4)]),
    ("lstm_cell", [ones(3), (ones(4), ones(4)), ones(12, 3), ones(16, 4)]),
    ("lstm", [ones(5, 2, 2), *recurrent(nn.LSTM)[1:]]),
    ("gru", [ones(5, 2, 3), ones(1, 2, 5), *recurrent(nn.GRU)[2:]]),
    ("rnn_tanh", [*recurrent(nn.RNN)[:4], 2, *recurrent(nn.RNN)[5:]]),
    ("native_batch_norm", [ones(2, 3)]),
]


@pytest.mark.parametrize(("name", "args"), FIT)
def test_sizes_that_fit_may_run(name, args):
    refuse_misfits(name, args, {})


@pytest.mark.parametrize(("name", "args"), MISFIT)
def test_sizes_that_disagree_are_told(name, args):
    with pytest.raises(Misfit):
        refuse_misfits(name, args, {})


def test_a_packed_sequence_may_run():
    input, hx, params, *settings = recurrent(nn.GRU)
    packed = [input.flatten(0, 1), torch.tensor([2] * 5), hx, params, *settings[:5]]

    refuse_misfits("gru", packed, {})
