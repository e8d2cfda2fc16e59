"""Check on the meta device, which has shapes and no numbers: no device may be burnt in."""

from dataclasses import replace

from torch import Tensor

from layergen.autodiff.refusal import Reason
from layergen.gate.claim import Claim
from layergen.gate.comparison import hold
from layergen.gate.probe import probe_of

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
        if not hold(claim, probe, Reason.FAILED_DEVICE):
            notes[
                f"{claim.name}: not tried on another device than the CPU: the forward "
                "fails on torch's meta device."
            ] = None
    return tuple(notes)
