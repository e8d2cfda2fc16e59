"""Torch's own ways to say that a forward can't be traced, in our words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from layergen.autodiff.refusal import Reason, refused
from layergen.errors import Place

__all__ = ["told"]

# By the names of torch's exceptions: their homes move between versions.
NAMES = {
    "GuardOnDataDependentSymNode": Reason.DATA_DEPENDENT_BRANCH,
    "DataDependentOutputException": Reason.PYTHON_VALUE,
    "DynamicOutputShapeException": Reason.DATA_DEPENDENT_SHAPE,
    "UnsupportedOperatorException": Reason.NO_META_KERNEL,
    "UnsupportedFakeTensorException": Reason.SPARSE,
    "TorchDynamoException": Reason.HIGHER_ORDER,
    "UncapturedHigherOrderOpError": Reason.HIGHER_ORDER,
    "UserError": Reason.HIGHER_ORDER,
}


@contextmanager
def told(place: Callable[[], Place | None]) -> Iterator[None]:
    """Turn torch's exceptions into refusals; leave all others as they are."""
    try:
        yield
    except Exception as error:
        kinds = [each.__name__ for each in type(error).__mro__]
        for name in kinds:
            if name in NAMES:
                first = next(iter(str(error).strip().splitlines()), "")
                raise refused(NAMES[name], place=place(), detail=first) from error
        raise
