"""What a forward does beside its answer, and which of torch's ways it can go."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.call import Call, answered, as_tuple, is_leaf
from layergen.autodiff.draw import changed
from layergen.autodiff.subject import Subject
from layergen.errors import CannotDerive, Place
from layergen.spec.inputs import Example

__all__ = ["check_effects", "dtypes_of", "vmaps"]

DTYPES = ("float64", "float32", "bfloat16")


def check_effects(
    call: Call, inputs: Sequence[Any], place: Place, must_be_pure: bool
) -> bool:
    """Refuse a forward that changes its inputs; tell whether it draws random numbers."""
    before = [
        each.detach().clone() if isinstance(each, Tensor) else each for each in inputs
    ]
    given = [
        each.detach().clone() if isinstance(each, Tensor) else each for each in inputs
    ]
    state = torch.random.get_rng_state()
    call.function(*given)
    random = not torch.equal(state, torch.random.get_rng_state())
    for old, new in zip(before, given, strict=True):
        if isinstance(old, Tensor) and not torch.equal(old, new):
            raise CannotDerive(
                "the forward changes one of its inputs in place",
                place=place,
                instead="Compute a new tensor: x = x + 1 instead of x += 1 or x.add_(1).",
            )
    if random and must_be_pure:
        raise CannotDerive(
            "the forward draws random numbers, and its backward would draw others",
            place=place,
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
