"""Torch's own ways to say that a forward can't be traced, in our words."""

from collections.abc import Mapping
from types import MappingProxyType

from layergen.autodiff.refusal import Reason

__all__ = ["reason_of"]

# By the names of torch's exceptions: their homes move between versions.
NAMES: Mapping[str, Reason] = MappingProxyType(
    {
        "GuardOnDataDependentSymNode": Reason.DATA_DEPENDENT_BRANCH,
        "DataDependentOutputException": Reason.PYTHON_VALUE,
        "DynamicOutputShapeException": Reason.DATA_DEPENDENT_SHAPE,
        "UnsupportedOperatorException": Reason.NO_META_KERNEL,
        "UnsupportedFakeTensorException": Reason.SPARSE,
        "TorchDynamoException": Reason.HIGHER_ORDER,
        "UncapturedHigherOrderOpError": Reason.HIGHER_ORDER,
        "UserError": Reason.HIGHER_ORDER,
    }
)
# In the names of operators that have no dense form: aten.dequantize.self.
NOT_DENSE = ("sparse", "quantize", "nested", "mkldnn")


def reason_of(error: BaseException) -> Reason | None:
    """Tell why torch gave up, where it is one of its ways to say so."""
    found = [
        NAMES[each.__name__] for each in type(error).__mro__ if each.__name__ in NAMES
    ]
    if not found:
        return None
    if found[0] is Reason.NO_META_KERNEL and any(e in str(error) for e in NOT_DENSE):
        return Reason.SPARSE
    return found[0]
