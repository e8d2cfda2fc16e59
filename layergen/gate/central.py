"""Central differences: torch's own gradcheck and gradgradcheck, of any function of the claim."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor
from torch.autograd import gradgradcheck
from torch.autograd.gradcheck import GradcheckError

from layergen.gate.claim import Claim, Sample
from layergen.gate.probe import called, grows, leaves

__all__ = ["Checker", "failure", "torch_is_wrong"]

Checker = Callable[..., bool]
MOST = 400  # numbers going in, where each is moved


def failure(
    claim: Claim,
    function: Callable[..., Any],
    sample: Sample,
    checker: Checker,
    *,
    fast: bool,
) -> Exception | None:
    """Run a check; its error, if it fails."""
    wanted = claim.wanted(sample)
    args = leaves(sample.args, wanted)

    def of_wanted(*tensors: Tensor) -> tuple[Tensor, ...]:
        given = list(leaves(sample.args, ()))  # a forward may write into its buffers
        for at, each in zip(wanted, tensors, strict=True):
            given[at] = each
        return differentiable(called(function, given))

    try:
        checker(of_wanted, tuple(args[at] for at in wanted), fast_mode=fast)
    except Exception as error:
        return error
    return None


def torch_is_wrong(claim: Claim, sample: Sample) -> bool:
    """Let central differences judge between autograd's second derivative and the derived one.

    Torch's own is wrong for a few operators, as `_weight_norm` (2.13).
    """
    if not claim.twice or sample.is_empty:
        return False
    fast = (
        sample.numel > MOST
    )  # along random directions, of which one is enough to tell
    own, theirs = (
        failure(claim, function, sample, gradgradcheck, fast=fast)
        for function in (claim.derived, claim.plain)
    )
    return own is None and isinstance(theirs, GradcheckError)


def differentiable(outputs: Sequence[Any]) -> tuple[Tensor, ...]:
    """Leave out the outputs that have no gradient."""
    return tuple(each for each in outputs if grows(each))
