"""Operators that read beyond their weights where sizes disagree, and bring the process down."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from torch import Tensor

__all__ = ["Misfit", "refuse_misfits"]

# Torch's own parts of operators, of which no sizes are known to fit.
NEVER_TRIED = ("native_batch_norm", "_batch_norm_with_update", "batch_norm_elemt")


class Misfit(Exception):
    """An operator must not run on these sizes."""


def refuse_misfits(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Look at sizes before an operator runs that does not.

    Args:
        name: of the operator, as torch has it.
        args: its arguments.
        kwargs: those that are given by name.

    Raises:
        Misfit: The sizes disagree, or nobody can tell.
    """
    if any(each in name for each in NEVER_TRIED):
        raise Misfit(f"{name} can't be tried at sizes that may not fit")
    fits = FITS.get(name)
    if fits is not None and not fits(*args, **kwargs):
        raise Misfit(f"sizes of what {name} is given disagree")


def weight_norm_fits(v: Tensor, g: Tensor, dim: int = 0) -> bool:
    """Tell whether there is one norm for each slice; at dim -1 there is one for all."""
    return g.numel() == (1 if dim == -1 else v.shape[dim])


def batch_norm_fits(input: Tensor, *given: Any, **named: Any) -> bool:
    """Tell whether there is one number for each channel: weights, means, in any order."""
    tensors = [e for e in (*given, *named.values()) if isinstance(e, Tensor)]
    return input.dim() > 1 and {each.shape for each in tensors} <= {input.shape[1:2]}


def attention_fits(
    query: Tensor, key: Tensor, value: Tensor, *_: Any, **__: Any
) -> bool:
    """Tell whether there is a value for each key, of the queries' size."""
    return (
        key.dim() > 1
        and key.shape[:-1] == value.shape[:-1]
        and query.shape[-1:] == key.shape[-1:]
    )


def cell_fits(
    input: Tensor,
    hx: Any,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
    *,
    gates: int,
) -> bool:
    """Tell whether the weights of a step fit its input, its state and one another."""
    states = [hx] if isinstance(hx, Tensor) else list(hx)
    hidden = states[0].shape[-1]
    wanted = [(*input.shape[:-1], hidden)] * len(states)
    rows = gates * hidden
    biases = [tuple(each.shape) for each in (b_ih, b_hh) if each is not None]
    return (
        [tuple(each.shape) for each in states] == wanted
        and tuple(w_ih.shape) == (rows, input.shape[-1])
        and tuple(w_hh.shape) == (rows, hidden)
        and set(biases) <= {(rows,)}
    )


def recurrence_fits(input: Tensor, *given: Any, gates: int) -> bool:
    """Tell whether the weights of all layers fit their inputs, the state and one another.

    Args:
        input: (steps, rows, features), or with rows first; packed: (entries, features).
        given: packed, the rows of each step; then the state, (layers * directions, rows,
            hidden), of an LSTM a pair; of each layer and direction the weights (gates *
            hidden, features) and (gates * hidden, hidden), and two biases (gates * hidden,)
            where has_biases; has_biases, num_layers, dropout, train, bidirectional.
        gates: how many a cell has.
    """
    is_packed = isinstance(given[2], Tensor | tuple | list)
    hx, params, has_biases, layers, _, _, bidirectional = given[is_packed:][:7]
    states = [hx] if isinstance(hx, Tensor) else list(hx)
    hidden, directions = states[0].shape[-1], 2 if bidirectional else 1
    if {(each.shape[0], each.shape[-1]) for each in states} != {
        (layers * directions, hidden)
    }:
        return False
    rows = gates * hidden
    wanted: list[tuple[int, ...]] = []
    for at in range(layers * directions):
        features = input.shape[-1] if at < directions else directions * hidden
        wanted += [(rows, features), (rows, hidden), (rows,), (rows,)][
            : 4 if has_biases else 2
        ]
    return [tuple(each.shape) for each in params] == wanted


FITS: Mapping[str, Callable[..., bool]] = MappingProxyType(
    {
        "_weight_norm": weight_norm_fits,
        "batch_norm": batch_norm_fits,
        "gru": partial(recurrence_fits, gates=3),
        "gru_cell": partial(cell_fits, gates=3),
        "lstm": partial(recurrence_fits, gates=4),
        "lstm_cell": partial(cell_fits, gates=4),
        "rnn_relu": partial(recurrence_fits, gates=1),
        "rnn_relu_cell": partial(cell_fits, gates=1),
        "rnn_tanh": partial(recurrence_fits, gates=1),
        "rnn_tanh_cell": partial(cell_fits, gates=1),
        "scaled_dot_product_attention": attention_fits,
    }
)
