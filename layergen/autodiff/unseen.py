"""Functions of torch's own Python that run others, or change torch, out of a recorder's sight."""

from dataclasses import dataclass
from types import FrameType

from layergen.autodiff.refusal import Reason

__all__ = ["Unseen", "unseen"]

# Where they are, and their names.
UNSEEN = (
    (Reason.AUTOGRAD_INSIDE, "torch/autograd/__init__.py", "backward grad"),
    (Reason.AUTOGRAD_INSIDE, "torch/autograd/functional.py", "hessian jacobian"),
    (Reason.AUTOGRAD_INSIDE, "torch/_functorch/apis.py", "grad grad_and_value"),
    (
        Reason.AUTOGRAD_INSIDE,
        "torch/_functorch/eager_transforms.py",
        "hessian jacfwd jacrev jvp linearize vjp",
    ),
    (Reason.CHANGES_STATE, "torch/random.py", "manual_seed seed set_rng_state"),
    (
        Reason.CHANGES_STATE,
        "torch/__init__.py",
        "set_default_device set_default_dtype use_deterministic_algorithms",
    ),
    (Reason.HIGHER_ORDER, "torch/_functorch/apis.py", "vmap"),
    (Reason.HIGHER_ORDER, "torch/_functorch/vmap.py", "vmap_impl"),
    (Reason.HIGHER_ORDER, "torch/_functorch/eager_transforms.py", "functionalize"),
    (Reason.HIGHER_ORDER, "torch/_higher_order_ops/cond.py", "cond"),
    (Reason.HIGHER_ORDER, "torch/_higher_order_ops/map.py", "map"),
    (Reason.HIGHER_ORDER, "torch/_higher_order_ops/scan.py", "scan"),
    (Reason.HIGHER_ORDER, "torch/_higher_order_ops/while_loop.py", "while_loop"),
    (Reason.OPAQUE_CALL, "torch/__init__.py", "compile"),
    (Reason.OPAQUE_CALL, "torch/_dynamo/eval_frame.py", "compile_wrapper"),
)
SHOWN = {
    "compile": "torch.compile",
    "compile_wrapper": "torch.compile",
    "vmap_impl": "vmap",
}
APPLY = "torch/autograd/function.py"
REENTRANT = "CheckpointFunction"  # torch.utils.checkpoint, use_reentrant=True
NAMES = frozenset(name for *_, names in UNSEEN for name in names.split())


@dataclass(frozen=True, slots=True)
class Unseen:
    """A call of one of them.

    Attributes:
        name: as the user knows it: "vmap", "torch.compile".
    """

    name: str
    reason: Reason


def unseen(frame: FrameType) -> Unseen | None:
    """Tell whether a call that begins is one of them; of a Function, which."""
    name, file = frame.f_code.co_name, frame.f_code.co_filename.replace("\\", "/")
    for reason, home, names in UNSEEN if name in NAMES else ():
        if name in names.split() and file.endswith(home):
            return Unseen(SHOWN.get(name, name), reason)
    if name == "apply" and file.endswith(APPLY):
        own: str = frame.f_locals["cls"].__name__
        if own == REENTRANT:
            return Unseen("checkpoint", Reason.HIGHER_ORDER)
        return Unseen(own, Reason.CUSTOM_FUNCTION)
    return None
