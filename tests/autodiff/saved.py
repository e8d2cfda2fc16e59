"""What a forward keeps for its backward, in bytes."""

from collections.abc import Sequence

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from tests.autodiff.agreement import Function, learned
from tests.autodiff.zoo import Input


def saved_bytes(function: Function, inputs: Sequence[Input]) -> int:
    """Add up the distinct storages that are kept, inputs and outputs among them."""
    storages: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        storages[storage.data_ptr()] = storage.nbytes()
        return tensor

    with saved_tensors_hooks(pack, lambda tensor: tensor):
        kept_alive = function(*learned(inputs))
    del kept_alive  # only now may a storage be freed, and its address be another's
    return sum(storages.values())
