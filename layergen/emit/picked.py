"""What stands behind a call of a Function that returns more than its outputs."""

from layergen.ir.trial import Trial

__all__ = ["picked"]


def picked(trial: Trial) -> str:
    """Take the outputs out of all that a derived forward returns: "", "[0]" or "[:2]"."""
    if not trial.derived or not trial.derived[0].kept:
        return ""
    first = trial.derived[0]
    return "[0]" if first.single else f"[:{len(first.outputs)}]"
