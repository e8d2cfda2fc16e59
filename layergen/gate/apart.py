"""Run apart from the rest of the process."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

from layergen.autodiff.adapter import default_dtype

__all__ = ["apart"]


@contextmanager
def apart() -> Iterator[None]:
    """Leave no trace: random numbers, threads and warnings stay as they were.

    Nor let the caller's modes in: gradients are on, and tensors are made on the CPU.
    """
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    torch.set_num_threads(1)  # the tensors are small; threads cost more than they bring
    with ExitStack() as around:
        around.callback(torch.set_rng_state, state)
        around.callback(torch.set_num_threads, threads)
        around.enter_context(warnings.catch_warnings())
        around.enter_context(torch.inference_mode(False))
        around.enter_context(torch.enable_grad())
        around.enter_context(default_dtype(torch.float64))  # as the samples are
        if torch.get_default_device().type != "cpu":  # the mode slows every call down
            around.enter_context(torch.device("cpu"))
        warnings.simplefilter("ignore")
        yield
