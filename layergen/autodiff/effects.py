"""What a forward does beside its answer, and which of torch's ways it can go."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.call import Call, answered, as_tuple, is_leaf
from layergen.autodiff.draw import changed
from layergen.autodiff.subject import Subject
from layergen.errors import CannotDerive
from layergen.spec.inputs import Example

__all__ = ["check_inputs_unchanged", "draws_random", "dtypes_of", "vmaps"]

DTYPES = ("float64", "float32", "bfloat16")


def check_inputs_unchanged(subject: Subject, example: Example) -> None:
    """Refuse a forward that changes its inputs."""
    inputs = subject.inputs(example)
    given = [each.detach().clone() if is_leaf(each) else each for each in inputs]
    try:
        subject.call(example).function(*given)
    except Exception:
        return  # the run that must succeed says it better
    for old, new in zip(inputs, given, strict=True):
        if is_leaf(old) and not torch.equal(old.detach(), new):
            raise CannotDerive(
                "the forward changes one of its inputs in place",
                place=subject.place,
                instead="Compute a new tensor: x = x + 1 instead of x += 1 or x.add_(1).",
            )


def draws_random(subject: Subject, example: Example, must_be_pure: bool) -> bool:
    """Tell whether a forward draws random numbers, or refuse it."""
    call, inputs = subject.call(example), subject.inputs(example)
    state = torch.random.get_rng_state()
    call.function(*inputs)
    random = not torch.equal(state, torch.random.get_rng_state())
    if random and must_be_pure:
        raise CannotDerive(
            "the forward draws random numbers, and its backward would draw others",
            place=subject.place,
            instead="Pass what is drawn as an argument, or make it a layer: layergen new-layer.",
        )
    return random


def dtypes_of(subject: Subject, first: Example) -> tuple[str, ...]:
    """List the dtypes that the forward and its gradient run in."""
    found = []
    for name in DTYPES:
        dtype: torch.dtype = getattr(torch, name)
        call = subject.call(first)
        if isinstance(call.function, torch.nn.Module):
            call.function.to(dtype)
        try:
            answered(call, changed(subject.inputs(first), dtype))
        except Exception:
            continue  # an operator has no such kernel: said in the notes
        found.append(name)
    return tuple(found)


def vmaps(call: Call, inputs: Sequence[Any]) -> bool:
    """Tell whether vmap of the gradient runs on the plain forward."""
    positions = tuple(at for at, each in enumerate(inputs) if is_leaf(each))

    def loss(*values: Any) -> Tensor:
        outputs = as_tuple(call.function(*values))
        return torch.stack([each.sum() for each in outputs]).sum()

    batch = [
        torch.stack((each, each)).detach() if at in positions else each
        for at, each in enumerate(inputs)
    ]
    dims = tuple(0 if at in positions else None for at in range(len(inputs)))
    try:
        torch.func.vmap(torch.func.grad(loss, argnums=positions), in_dims=dims)(*batch)
    except Exception:
        return False
    return True
