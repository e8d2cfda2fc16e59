"""Hold a function that brings its own backward against the forward that it came from."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from tests.autodiff.zoo import Answer, Input

Function = Callable[..., Answer]


def assert_same_values(ours: Function, forward: Function, *inputs: Input) -> None:
    close(answers(ours(*inputs)), answers(forward(*inputs)))


def assert_same_gradients(ours: Function, forward: Function, *inputs: Input) -> None:
    everything = tensor_places(inputs)
    close(gradients(ours, inputs, everything), gradients(forward, inputs, everything))


def assert_same_gradients_alone(
    ours: Function, forward: Function, *inputs: Input
) -> None:
    """Compare again for every input, wanting its gradient only."""
    for place in tensor_places(inputs):
        close(gradients(ours, inputs, [place]), gradients(forward, inputs, [place]))


def assert_differentiable_twice(
    ours: Function, *inputs: Input, fast: bool = False
) -> None:
    """Hold both derivatives against finite differences; of every input entry, if not fast."""
    inputs = learned(inputs)
    assert gradcheck(ours, inputs, fast_mode=fast)
    assert gradgradcheck(ours, inputs, fast_mode=fast)


def assert_same_under_vmap(ours: Function, forward: Function, *inputs: Input) -> None:
    """Compare vmap of grad over two samples."""
    close(vmapped(ours, inputs), vmapped(forward, inputs))


def gradients(
    function: Function, inputs: Sequence[Input], wanted: Sequence[int]
) -> tuple[Tensor, ...]:
    """Differentiate by the inputs in these places, from the same cotangents on every call."""
    inputs = learned(inputs, wanted)
    found = [each for each in answers(function(*inputs)) if each.requires_grad]
    torch.manual_seed(1)
    cotangents = [torch.randn(each.shape, dtype=each.dtype) for each in found]
    return torch.autograd.grad(found, [inputs[place] for place in wanted], cotangents)


def vmapped(function: Function, inputs: Sequence[Input]) -> tuple[Tensor, ...]:
    def loss(*inputs: Input) -> Tensor:
        return torch.stack(
            [each.square().sum() for each in answers(function(*inputs))]
        ).sum()

    samples = [
        torch.stack([each, 0.9 * each + 0.05]) if isinstance(each, Tensor) else each
        for each in inputs
    ]
    dims = tuple(0 if isinstance(each, Tensor) else None for each in inputs)
    return torch.vmap(torch.func.grad(loss, tensor_places(inputs)), dims)(*samples)


def learned(
    inputs: Sequence[Input], wanted: Sequence[int] | None = None
) -> tuple[Input, ...]:
    """Copy the inputs, the tensors in these places (or all) as leaves that require grad."""
    wanted = tensor_places(inputs) if wanted is None else wanted
    return tuple(
        (
            each.detach().clone().requires_grad_(place in wanted)
            if isinstance(each, Tensor)
            else each
        )
        for place, each in enumerate(inputs)
    )


def tensor_places(inputs: Sequence[Input]) -> tuple[int, ...]:
    return tuple(i for i, each in enumerate(inputs) if isinstance(each, Tensor))


def answers(answer: Answer) -> tuple[Tensor, ...]:
    return (answer,) if isinstance(answer, Tensor) else tuple(answer)


def close(ours: Sequence[Tensor], theirs: Sequence[Tensor]) -> None:
    """Compare, shapes and dtypes too, with room for float64 sums in another order."""
    torch.testing.assert_close(list(ours), list(theirs), rtol=1e-9, atol=1e-10)
