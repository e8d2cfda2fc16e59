"""Examine what `layergen.derive` is given: it must run, and be a function of its inputs alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from layergen.autodiff.functional import Subject, subject_of
from layergen.autodiff.purity import check_pure
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.trace import first_line, is_dense, located
from layergen.errors import BadRequest, Place

__all__ = ["examined"]

TAKEN = (Tensor, bool, int, float, str, type(None))


def examined(
    function: Callable[..., Any] | nn.Module, inputs: Sequence[Any], name: str | None
) -> Subject:
    """Name the arguments of a function or a Module, and run it once.

    Raises:
        BadRequest: It does not run on the inputs.
        CannotDerive: It is given an object, or changes something, or answers otherwise again.
    """
    subject = subject_of(function, inputs, name)
    place = located(subject.function)(0)
    for own, value in zip(subject.names, subject.values, strict=True):
        if not isinstance(value, TAKEN):
            reason, detail = Reason.OBJECT_ARGUMENT, f"{own}, a {type(value).__name__}"
            raise refused(reason, op=subject.name, place=place, detail=detail)
        if isinstance(value, Tensor) and not is_dense(value):
            raise refused(Reason.SPARSE, op=subject.name, place=place, detail=own)
    check_runs(subject, place)
    others = set(range(len(subject.values))) - set(subject.wanted)
    buffers = () if subject.own else others
    check_pure(subject.function, subject.values, place, buffers=buffers)
    return replace(subject, place=place)


def check_runs(subject: Subject, place: Place | None) -> None:
    """Refuse a function that fails on its own example inputs."""
    error = failure(subject, subject.wanted) and failure(subject, ())
    if error:
        raise BadRequest(
            f"{subject.name} fails on the example inputs: "
            f"{type(error).__name__}: {first_line(error)}",
            place=place,
            instead=f"They are {shown(subject)}.",
        ) from error


def failure(subject: Subject, wanted: Sequence[int]) -> Exception | None:
    """Run it on copies, some of which want a gradient: those can't be changed in place."""
    given = [
        (
            each.detach().clone().requires_grad_(at in wanted)
            if isinstance(each, Tensor)
            else each
        )
        for at, each in enumerate(subject.values)
    ]
    state = torch.get_rng_state()
    try:
        subject.function(*given)
    except Exception as error:
        return error
    finally:
        torch.set_rng_state(state)
    return None


def shown(subject: Subject) -> str:
    """List the inputs: "x (3, 4), p 0.5"."""
    return ", ".join(
        f"{name} {tuple(each.shape) if isinstance(each, Tensor) else repr(each)}"
        for name, each in zip(subject.names, subject.values, strict=True)
    )
