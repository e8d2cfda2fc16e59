"""Check on the meta device, which has shapes and no numbers: no device may be burnt in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from layergen.autodiff.refusal import Reason
from layergen.errors import CannotDerive
from layergen.gate.claim import Claim
from layergen.gate.comparison import hold, refusal
from layergen.gate.probe import Probe, called, leaves, probe_of

__all__ = ["check"]


def check(claim: Claim) -> tuple[str, ...]:
    """Compare shapes, dtypes and devices, where the forward runs there."""
    notes: dict[str, None] = {}
    for sample in claim.kinds():
        whole = probe_of(claim, sample)
        args = tuple(
            each.to("meta") if isinstance(each, Tensor) else each
            for each in sample.args
        )
        probe = replace(whole, args=args, where=f"{sample.note}, on the meta device")
        if not held(claim, probe):
            notes[
                f"{claim.name}: not tried on another device than the CPU: the forward "
                "fails on torch's meta device."
            ] = None
    return tuple(notes)


def held(claim: Claim, probe: Probe) -> bool:
    """Ask both functions; where they part, a forward that stays on the CPU is told so."""
    try:
        return hold(claim, probe, Reason.FAILED_DEVICE)
    except CannotDerive:
        with Elsewhere() as made:
            called(claim.plain, leaves(probe.args, ()))
        if not made.names:
            raise
        text = f"{made.names[0]} makes a tensor on the CPU"
        raise refusal(claim, probe, Reason.DEVICE_SPECIALISED, text) from None


class Elsewhere(TorchFunctionMode):
    """Note what makes tensors on another device than the inputs'."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run an operator, and look at where its result is."""
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.device.type == "cpu":
            self.names.append(str(getattr(func, "__name__", func)))
        return result
