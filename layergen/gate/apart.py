"""Run apart from the rest of the process."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["apart"]


@contextmanager
def apart() -> Iterator[None]:
    """Leave no trace: random numbers, threads, warnings and grad mode stay as they were."""
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    torch.set_num_threads(1)  # the tensors are small; threads cost more than they bring
    try:
        with warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_num_threads(threads)
        torch.set_rng_state(state)
