"""Every reason why a forward can't be derived, in the words that the user reads."""

from dataclasses import dataclass
from enum import Enum, unique

from layergen.errors import CannotDerive, Place

__all__ = ["Reason", "Words", "refused"]

STUB = "Or leave the backward to torch: --backward stub."
REPORT = "Nothing was written. Please report the forward: the fault is layergen's."


@dataclass(frozen=True, slots=True)
class Words:
    """What the user is told.

    Attributes:
        what: the sentence; `{op}` is the operator's name, quoted, or "an operator".
        instead: what to write instead.
        stub: whether `--backward stub` is a safe way out: torch's own gradient of this forward
            is right, and only its formula can't be written down.
    """

    what: str
    instead: str
    stub: bool = False


def ours(what: str) -> Words:
    """Word a fault of our own, found by the check of what was derived."""
    return Words(what, REPORT, stub=True)


@unique
class Reason(Enum):
    """Why a forward can't be derived; the value is what the user is told."""

    # The forward looks at values.
    DATA_DEPENDENT_BRANCH = Words(
        "the forward branches on a tensor's values",
        "Compute both branches and choose: torch.where(condition, a, b).",
        stub=True,
    )
    DATA_DEPENDENT_SHAPE = Words(
        "the size of what {op} returns depends on a tensor's values",
        "Keep every element and mask: torch.where(mask, x, 0.0).",
        stub=True,
    )
    PYTHON_VALUE = Words(
        "{op} takes a tensor's value out into Python",
        "Use the tensor itself: a tensor of shape () works like a number.",
        stub=True,
    )
    NUMPY = Words(
        "{op} hands a tensor to numpy, which no gradient passes",
        "Write the same with torch's functions.",
    )

    # The forward writes.
    INPUT_IN_PLACE = Words(
        "{op} changes an input in place",
        "Compute a new tensor: x = x + 1 instead of x += 1 or x.add_(1).",
    )
    ALIAS_IN_PLACE = Words(
        "{op} changes a tensor in place that is also known as a view or by another name",
        "Compute the parts as new tensors, and join them: torch.cat, torch.stack, torch.where.",
        stub=True,
    )
    INDEXED_ASSIGNMENT = Words(
        "the forward assigns to a part of a tensor",
        "Choose, torch.where(mask, value, x), or join the parts: torch.cat, torch.stack.",
        stub=True,
    )
    LOST_IN_PLACE = Words(
        "the forward changes in place what its own gradient needs, and torch can't differentiate it",
        "Compute a new tensor: y = y * x instead of y *= x or y.mul_(x).",
    )
    OUT_ARGUMENT = Words(
        "{op} writes into out=",
        "Leave out= away, and use what the function returns.",
    )
    ATTRIBUTE_ASSIGNMENT = Words(
        "the forward sets an attribute of a tensor",
        "Keep the value in a variable.",
    )
    CHANGES_STATE = Words(
        "the forward changes something outside of itself",
        "Take what it needs as arguments, and return all that it makes.",
    )
    NOT_DETERMINISTIC = Words(
        "the forward gives another answer when it runs again under the same seed",
        "Pass what changes from run to run as an argument.",
    )

    # The forward draws random numbers.
    HIDDEN_RANDOM = Words(
        "{op} draws random numbers that it does not hand out, and backward needs them",
        "Draw them apart, with F.dropout(torch.ones_like(x)) or torch.rand_like, and use those.",
    )
    UNSAVED_RANDOM = Words(
        "the forward draws random numbers, and its backward and tests would draw others",
        "Pass it in: F.dropout(torch.ones_like(x)). Or use, without a derived backward, --submodule 'drop=nn.Dropout(0.5)'.",
    )

    # What goes in and out.
    CAPTURED_TENSOR = Words(
        "the forward uses a tensor that is none of its arguments",
        "Make it an argument; of a layer, a --param or --buffer.",
        stub=True,
    )
    OBJECT_ARGUMENT = Words(
        "{op} is given a function or an object of a class",
        "Give tensors, numbers and strings only, and write the function's own steps out.",
    )
    OUTPUT_TYPE = Words(
        "the forward returns something other than a tensor or a tuple of tensors",
        "Return a tensor, or several in a tuple.",
    )
    MIXED_DTYPES = Words(
        "the backward does not follow inputs of different dtypes",
        "Cast them to one: x.to(weight.dtype).",
        stub=True,
    )
    OUTPUT_COMPLEX = Words(
        "the forward returns complex numbers, which the tests can't judge",
        "Return their real and imaginary parts: torch.view_as_real.",
    )
    OUTPUT_WITHOUT_GRADIENT = Words(
        "the forward returns a tensor that has no gradient",
        "Return floating tensors only; compute the rest in a function of its own.",
    )
    OUTPUT_IS_INPUT = Words(
        "the forward returns one of its inputs itself",
        "Return a tensor of its own: x.clone().",
    )
    NO_DIFFERENTIABLE_INPUT = Words(
        "the forward has no floating tensor among its inputs to differentiate by",
        "Give it one: a gradient belongs to floating numbers.",
    )
    NO_GRADIENT_PATH = Words(
        "no gradient reaches any input through this forward",
        "A step such as argmax, round or detach has none; write it as a plain function.",
    )
    PARAMETER_WITHOUT_GRADIENT = Words(
        "no gradient reaches a parameter: it would never learn",
        "Use it where the result is differentiable, or make it a --buffer.",
    )

    # Operators that can't be followed.
    HIGHER_ORDER = Words(
        "{op} takes functions and runs them out of sight",
        "Write the steps in plain torch: torch.where for torch.cond, a loop for a scan.",
    )
    AUTOGRAD_INSIDE = Words(
        "{op} runs autograd inside the forward",
        "A forward only computes: leave backward, hooks and requires_grad to the caller.",
    )
    CUSTOM_FUNCTION = Words(
        "{op} is an autograd.Function with a backward of its own",
        "Write its forward out in plain torch, and its backward is derived as well.",
    )
    OPAQUE_CALL = Words(
        "{op} is compiled or scripted, and can't be looked into",
        "Call the plain function, and compile what was generated.",
    )
    MEMORY_LAYOUT = Words(
        "{op} depends on how its input lies in memory",
        "Use indexing, reshape, unfold or F.pad, which mean the same for every layout.",
    )
    SPARSE = Words(
        "{op} works on a tensor that is sparse, nested or quantised",
        "Use dense tensors: x.to_dense().",
    )
    NO_META_KERNEL = Words(
        "torch can't tell the shape of what {op} returns without running it",
        "Build it from other operators.",
        stub=True,
    )
    NEEDS_REAL_TENSORS = Words(
        "the forward does not work where sizes are symbols and tensors have no values",
        "Keep to torch's functions, and sizes to what + - * // and ** make of them.",
        stub=True,
    )
    BACKEND_OPERATOR = Words(
        "torch differentiates {op} only by an operator of one device or library",
        "Write its mathematics out.",
        stub=True,
    )
    NESTED_RESULT = Words(
        "{op} returns tensors inside of a structure that can't be written down",
        "Use operators that return a tensor or a tuple of tensors.",
        stub=True,
    )
    NO_RULE = Words(
        "there is no rule for {op}",
        "Build it from operators that have one.",
        stub=True,
    )
    NOT_TRANSFORMED = Words(
        "torch.func.vjp, which the stub's backward calls, does not take the forward",
        "Take plain PyTorch, --backward autograd.",
    )
    NO_DERIVATIVE = Words(
        "torch has no derivative of {op}",
        "Build it from operators that have one, or detach what needs no gradient.",
    )

    # The formula would hold for the example alone.
    SIZE_SPECIALISED = Words(
        "the formula would hold for some sizes only",
        "Write sizes as they are, x.shape[-1] ** 0.5, without int(), a branch or numpy.",
        stub=True,
    )
    SIZE_EXPRESSION = Words(
        "a size is computed in a way that can't be written down",
        "Compute sizes with + - * // and ** alone.",
        stub=True,
    )
    SCALAR_SPECIALISED = Words(
        "the formula would hold for one value of a number only",
        "Compute with the number without comparing it, or write an op for each case.",
        stub=True,
    )
    TOO_MANY_SETTINGS = Words(
        "the forward has too many flags: each setting of them is a formula of its own",
        "Make an op for each of the settings that matter.",
        stub=True,
    )
    RANK_SPECIALISED = Words(
        "the formula would hold for one number of dimensions only",
        "Say how many there are, --shape x=batch,features, or write it for any: dim=-1.",
        stub=True,
    )
    DTYPE_SPECIALISED = Words(
        "the formula would hold for one dtype only",
        "Convert by another tensor's dtype, x.to(y.dtype), without a branch on it, and take "
        "its limits from torch.finfo(x.dtype).",
        stub=True,
    )
    DEVICE_SPECIALISED = Words(
        "the formula would hold on one device only",
        "Make tensors where others are: torch.zeros_like(x), device=x.device.",
        stub=True,
    )

    GRAD_MODE = Words(
        "the forward asks whether a gradient is wanted",
        "Compute the same either way.",
    )

    # What was derived failed the comparison with the forward.
    RULE_FAILED = ours("the rule of {op} fails on this call of it")
    FAILED_RUN = ours("the derived code does not run")
    FAILED_VALUES = ours("the derived code is not its forward: the values differ")
    FAILED_GRADIENTS = ours("a derived gradient is wrong")
    FAILED_SECOND_ORDER = ours("a second derivative of the derived code is wrong")
    FAILED_SIZES = ours("the derived code is wrong at other sizes than the example's")
    FAILED_BROADCAST = ours("the derived code is wrong at another broadcast")
    FAILED_SUBSET = ours(
        "the derived code is wrong where only some inputs want a gradient"
    )
    FAILED_SCALARS = ours("the derived code is wrong at another value of a number")
    FAILED_STRIDES = ours("the derived code is wrong on non-contiguous tensors")
    FAILED_DTYPES = ours("the derived code is wrong in another dtype")
    FAILED_AUTOCAST = ours("the derived code is wrong under autocast")
    FAILED_DEVICE = ours("the derived code does not run on another device")
    FAILED_EDGES = ours(
        "a derived gradient is wrong at zero, at ties, or at other numbers than the example's"
    )
    FAILED_VMAP = ours("torch.func.vmap fails on the derived code")
    BURNT_IN = ours(
        "the derived text is another one at other sizes: it keeps some of the example's"
    )

    @property
    def spelled(self) -> str:
        """Its name as errors carry it: "data-dependent-branch"."""
        return self.name.lower().replace("_", "-")


def refused(
    reason: Reason, *, op: str = "", place: Place | None = None, detail: str = ""
) -> CannotDerive:
    """Word a refusal.

    Args:
        reason: why.
        op: the operator, as the user knows it: "relu_", "torch.cond".
        place: the user's own line.
        detail: what in particular: "x.shape[1] == 4", "a dict".
    """
    words = reason.value
    what = words.what.format(op=repr(op) if op else "an operator")
    return CannotDerive(
        f"{what}: {detail}" if detail else what,
        place=place,
        instead=f"{words.instead} {STUB}" if words.stub else words.instead,
        reason=reason.spelled,
    )
