"""What a forward does beside its answer, and which of torch's ways it can go."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from layergen.autodiff.adapter import looks_at_values
from layergen.autodiff.call import Call, answered, as_tuple, is_leaf
from layergen.autodiff.draw import changed
from layergen.autodiff.refusal import Reason, refused
from layergen.autodiff.subject import Subject
from layergen.spec.inputs import Example
from layergen.spec.model import Form

__all__ = [
    "check_vjp",
    "compiles_whole",
    "differentiates_twice",
    "draws_random",
    "dtypes_of",
    "gradient_is_derivative",
    "scales_of",
    "vmaps",
]

DTYPES = ("float64", "float32", "bfloat16")
SCALES = (0.0, 1e4)
SINGLE_STEP = 1e-2  # wide enough that float32 rounding stays below the difference
STEP = 1e-6  # of central differences in float64, as torch.autograd.gradcheck takes it


def draws_random(subject: Subject, example: Example, must_be_pure: bool) -> bool:
    """Tell whether a forward draws random numbers, or refuse it."""
    call, inputs = subject.call(example), subject.inputs(example)
    state = torch.random.get_rng_state()
    call.function(*inputs)
    random = not torch.equal(state, torch.random.get_rng_state())
    if random and must_be_pure:
        raise refused(Reason.UNSAVED_RANDOM, place=subject.place)
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


def check_vjp(subject: Subject, example: Example) -> None:
    """Refuse a forward that the stub's backward could not differentiate."""
    call, inputs = subject.call(example), subject.inputs(example)
    at = [position for position, each in enumerate(inputs) if is_leaf(each)]

    def function(*leaves: Tensor) -> Any:
        own = dict(zip(at, leaves, strict=True))
        return call.function(*(own.get(i, each) for i, each in enumerate(inputs)))

    leaves = [inputs[position].detach() for position in at]
    try:
        outputs, vjp = torch.func.vjp(function, *leaves)  # type: ignore[misc] # has_aux
        ones = tuple(torch.ones_like(each) for each in as_tuple(outputs))
        vjp(ones if isinstance(outputs, tuple) else ones[0])
        with torch.no_grad():  # as inside of its own forward
            again = as_tuple(function(*leaves))
    except Exception as error:
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        place = subject.place
        raise refused(Reason.NOT_TRANSFORMED, place=place, detail=first) from error
    for one, other in zip(as_tuple(outputs), again, strict=True):
        if not torch.allclose(one, other, equal_nan=True):
            raise refused(Reason.GRAD_MODE, place=subject.place)


def compiles_whole(subject: Subject, example: Example) -> bool:
    """Tell whether the compiler takes a forward; an expression is of what it knows."""
    call, inputs = subject.call(example), subject.inputs(example)
    if looks_at_values(call.function, inputs):
        return False
    is_plain = subject.forward.form is Form.FUNCTION
    if is_plain and subject.forward.expression is not None:
        return True
    torch.compiler.reset()
    try:
        torch.compile(call.function, fullgraph=True, backend="eager")(*inputs)
    except Exception:
        return False
    finally:
        torch.compiler.reset()
    return True


def scales_of(subject: Subject, example: Example) -> tuple[float, ...]:
    """List the factors of the inputs that a forward takes without an error."""
    found = []
    for scale in SCALES:
        inputs = [
            (each.detach() * scale).requires_grad_() if is_leaf(each) else each
            for each in subject.inputs(example)
        ]
        try:
            answered(subject.call(example), inputs)
        except Exception:
            continue  # as linalg.inv of zeros
        found.append(scale)
    return tuple(found)


def gradient_is_derivative(subject: Subject, example: Example, single: bool) -> bool:
    """Tell whether the gradient is the derivative: `detach` and `no_grad` may part them.

    Along one random direction, against central differences (as torch's gradcheck in fast mode).
    """
    call, inputs = in_eval(subject.call(example)), subject.inputs(example)
    leaves = leaves_of(call, inputs)
    generator = torch.Generator().manual_seed(1)
    along = [draw_like(each, generator) for each in leaves]

    def weighed() -> Tensor:
        torch.manual_seed(0)
        outputs = as_tuple(call.function(*inputs))
        weights = torch.linspace(-1, 1, sum(each.numel() for each in outputs)).double()
        return torch.cat([each.reshape(-1) for each in outputs]).mul(weights).sum()

    gradients = torch.autograd.grad(weighed(), leaves, materialize_grads=True)
    pairs = zip(gradients, along, strict=True)
    slope = sum(float((gradient * way).sum()) for gradient, way in pairs)
    far = SINGLE_STEP if single else STEP
    ends = [moved(weighed, leaves, along, step) for step in (far, -far)]
    difference = (ends[0] - ends[1]) / (2 * far)
    return abs(slope - difference) <= (0.05 if single else 1e-3) * max(1.0, abs(slope))


def moved(
    function: Callable[[], Tensor],
    leaves: Sequence[Tensor],
    along: Sequence[Tensor],
    step: float,
) -> float:
    """Evaluate a function with its leaves moved a step, and move them back."""
    with torch.no_grad():
        for leaf, way in zip(leaves, along, strict=True):
            leaf.add_(way, alpha=step)
    value = float(function().detach())  # a forward may ask for gradients inside
    with torch.no_grad():
        for leaf, way in zip(leaves, along, strict=True):
            leaf.sub_(way, alpha=step)
    return value


def differentiates_twice(subject: Subject, example: Example) -> bool:
    """Tell whether every operator on the way has a second derivative."""
    call, inputs = in_eval(subject.call(example)), subject.inputs(example)
    leaves = leaves_of(call, inputs)
    try:
        total = torch.stack([e.sum() for e in as_tuple(call.function(*inputs))]).sum()
        first = torch.autograd.grad(
            total, leaves, create_graph=True, materialize_grads=True
        )
        again = torch.stack([each.square().sum() for each in first]).sum()
        if again.requires_grad:
            torch.autograd.grad(again, leaves, allow_unused=True)
    except RuntimeError:
        return False
    return True


def in_eval(call: Call) -> Call:
    """Put a layer into eval mode, as the generated gradcheck does."""
    if isinstance(call.function, torch.nn.Module):
        call.function.eval()
    return call


def leaves_of(call: Call, inputs: Sequence[Any]) -> list[Tensor]:
    """List the inputs and parameters that are differentiated."""
    found = [each for each in inputs if is_leaf(each)]
    return found + [parameter for _, parameter in call.parameters]


def draw_like(leaf: Tensor, generator: torch.Generator) -> Tensor:
    """Draw a direction to move a leaf in."""
    return torch.randn(leaf.shape, generator=generator, dtype=torch.float64)
