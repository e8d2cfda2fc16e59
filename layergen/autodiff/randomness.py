"""Which operations draw random numbers, and which change what they are given."""

from collections.abc import Mapping
from typing import Any

from layergen.autodiff.operations import Operation

__all__ = ["changes_state", "is_random", "shows_its_noise"]

DROPOUTS = frozenset({"dropout", "dropout1d", "dropout2d", "dropout3d"})
ALWAYS = frozenset(
    [
        "bernoulli",
        "exponential",
        "gumbel_softmax",
        "multinomial",
        "normal",
        "pca_lowrank",
        "poisson",
        "rand",
        "rand_like",
        "randint",
        "randint_like",
        "randn",
        "randn_like",
        "randperm",
        "svd_lowrank",
        "uniform",
    ]
)
IN_TRAINING = frozenset({"alpha_dropout", "feature_alpha_dropout", "rrelu"})
FRACTIONAL = frozenset({"fractional_max_pool2d", "fractional_max_pool3d"})
TRAINING_AT = {"alpha_dropout": 2, "feature_alpha_dropout": 2, "rrelu": 3}
BY_DEFAULT = {"alpha_dropout": False, "feature_alpha_dropout": False, "rrelu": False}


def shows_its_noise(
    found: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> bool:
    """Tell whether a call is a dropout at work: its mask can be drawn apart."""
    training = args[2] if len(args) > 2 else True
    return found.op in DROPOUTS and bool(kwargs.get("training", training))


def is_random(
    found: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> bool:
    """Tell whether a call draws random numbers."""
    if found.op in ALWAYS | FRACTIONAL or shows_its_noise(found, args, kwargs):
        return True
    if found.op in IN_TRAINING:
        at = TRAINING_AT[found.op]
        given = args[at] if len(args) > at else BY_DEFAULT[found.op]
        return bool(kwargs.get("training", given))
    if found.op == "scaled_dot_product_attention":
        return bool(kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0))
    return False


def changes_state(
    found: Operation, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> bool:
    """Tell whether a call updates buffers that it is given."""
    if found.op == "batch_norm":
        given = args[5] if len(args) > 5 else False
        return bool(kwargs.get("training", given))
    if found.op == "instance_norm":
        given = args[1] if len(args) > 1 else None
        return kwargs.get("running_mean", given) is not None
    return False
