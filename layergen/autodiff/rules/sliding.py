"""What convolutions and pools share: the options of a sliding window, and torch.nn.grad."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from torch import Tensor
from torch.nn import grad as gradients
from torch.overrides import handle_torch_function, has_torch_function

from layergen.autodiff.rules.rule import is_literal

__all__ = [
    "Size",
    "each_of",
    "given",
    "input_grad",
    "is_all",
    "one_call",
    "weight_grad",
]

Size = int | Sequence[int]  # one number for every dimension, or one for each
INPUT_GRADS = (gradients.conv1d_input, gradients.conv2d_input, gradients.conv3d_input)
WEIGHT_GRADS = (
    gradients.conv1d_weight,
    gradients.conv2d_weight,
    gradients.conv3d_weight,
)
ASSUMED = {
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "ceil_mode": False,
}


def given(**options: Any) -> dict[str, Any]:
    """Keep the options that differ from what torch assumes."""
    return {
        name: option
        for name, option in options.items()
        if option is not False and not is_all(option, ASSUMED[name])
    }


def is_all(option: Any, number: int) -> bool:
    """Tell whether an option is this number in every dimension."""
    numbers = option if isinstance(option, Sequence) else (option,)
    return all(is_literal(each, number) for each in numbers)


def each_of(option: Any, rank: int) -> Sequence[Any]:
    """Give an option of each dimension."""
    if not isinstance(option, Sequence):
        return [option] * rank
    return list(option) * rank if len(option) == 1 else option


def input_grad(
    size: Sequence[int], weight: Tensor, grad: Tensor, options: Mapping[str, Any]
) -> Tensor:
    """Call torch.nn.grad.conv2d_input, or its like for the weight's rank."""
    function = INPUT_GRADS[weight.dim() - 3]
    grad = grad.type_as(weight)  # autocast leaves these functions alone
    found: Tensor = one_call(function, (weight, grad), size, weight, grad, **options)
    return found


def weight_grad(
    input: Tensor, size: Sequence[int], grad: Tensor, options: Mapping[str, Any]
) -> Tensor:
    """Call torch.nn.grad.conv2d_weight, or its like for the input's rank."""
    function = WEIGHT_GRADS[input.dim() - 3]
    grad = grad.type_as(input)
    found: Tensor = one_call(function, (input, grad), input, size, grad, **options)
    return found


def one_call(
    function: Callable[..., Any], tensors: Any, *args: Any, **kwargs: Any
) -> Any:
    """Call a function that torch.overrides does not know as one that it knows.

    A recorder then sees the function, and not the operators inside it.
    """
    if has_torch_function(tensors):
        function = partial(handle_torch_function, function, tensors)
    return function(*args, **kwargs)
