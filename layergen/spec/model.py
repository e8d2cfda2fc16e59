"""What was asked for, as frozen data: every later room reads it and none changes it."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ANY_SHAPE",
    "Argument",
    "ArgumentType",
    "Backward",
    "Case",
    "Form",
    "Forward",
    "Init",
    "Kind",
    "LayerSpec",
    "LossSpec",
    "OpSpec",
    "Parameter",
    "Recompute",
    "Shape",
    "Spec",
    "Submodule",
]


class Kind(StrEnum):
    """What a component can make."""

    OP = "op"
    LAYER = "layer"
    LOSS = "loss"


class Backward(StrEnum):
    """Where the gradient comes from."""

    AUTOGRAD = "autograd"  # plain PyTorch, no autograd.Function
    DERIVED = "derived"  # a Function whose formulas are derived from the forward
    STUB = "stub"  # a Function, right from the first minute, to be replaced by formulas

    @property
    def has_function(self) -> bool:
        """Whether it is written as an autograd.Function."""
        return self is not Backward.AUTOGRAD


class Recompute(StrEnum):
    """What a derived backward computes again instead of keeping it."""

    NONE = "none"
    CHEAP = "cheap"  # but nothing that stands behind a matmul, a convolution or a random draw
    ALL = "all"  # but nothing random


class ArgumentType(StrEnum):
    """The types that `--arg NAME:TYPE` takes."""

    TENSOR = "tensor"
    OPTIONAL_TENSOR = "tensor?"  # may be None
    INDEX = "index"  # a tensor of integers: never differentiated
    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    STR = "str"

    @property
    def is_tensor(self) -> bool:
        """Whether a value of this type is a tensor (or None in its place)."""
        return self in (
            ArgumentType.TENSOR,
            ArgumentType.OPTIONAL_TENSOR,
            ArgumentType.INDEX,
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """A tensor's shape by the names of its dimensions.

    Attributes:
        dims: names, products and numbers: ("batch", "...", "heads*head_dim", "3"); () is a
            scalar. "..." stands once, for any number of dimensions; those of several
            arguments broadcast together.
    """

    dims: tuple[str, ...]


ANY_SHAPE = Shape(("...",))


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a forward or of a constructor."""

    name: str
    type: ArgumentType
    default: str | None = None  # Python source of a literal: "1e-5", "None", "'same'"
    shape: Shape = ANY_SHAPE  # of tensors
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class Init:
    """How a parameter or buffer gets its first value: a function of torch.nn.init.

    Attributes:
        function: without the underscore: "kaiming_uniform", "zeros", "constant".
        arguments: source texts over the constructor's arguments: ("a=math.sqrt(5)",).
    """

    function: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A learnable tensor of a layer, or a buffer where it stands among the buffers.

    Attributes:
        optional: whether a bool of the same name in the constructor can leave it out (None).
    """

    name: str
    init: Init
    shape: Shape
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Submodule:
    """A module inside a layer, by the expression that constructs it."""

    name: str
    constructor: str  # "nn.Linear(channels, max(1, channels // reduction))"


class Form(StrEnum):
    """How a forward reaches what it works on."""

    FUNCTION = "function"  # everything by argument; an expression becomes one of a line
    METHOD = "method"  # the first argument is self


@dataclass(frozen=True, slots=True)
class Forward:
    """The user's mathematics: their text, and what reading it found.

    Attributes:
        name: the function's own name in the text: "swish"; of a method, as a rule, "forward".
        text: verbatim: imports, constants, helpers, then the function; ends with a newline.
        imports: the import statements in the text, verbatim, a line each.
        preamble: the constants and helpers between the imports and the function, verbatim.
        signature: the arguments, `self` left out, as defaults and annotations tell them.
        body: the function's statements, without its docstring, not indented.
        expression: the returned expression, where the body is a single return of one.
        summary: first line of the function's docstring, or "".
        outputs: how many tensors the return statement names: 1, or the length of its tuple.
        example_inputs: whether the text also defines `example_inputs()`.
        source: where the text came from, for messages: "--forward", "forwards.py".
        first_line: line of `source` at which the function begins; 1-based.
    """

    name: str
    form: Form
    text: str
    imports: tuple[str, ...]
    preamble: str
    signature: tuple[Argument, ...]
    body: str
    expression: str | None
    summary: str
    outputs: int
    example_inputs: bool
    source: str
    first_line: int


@dataclass(frozen=True, slots=True)
class Case:
    """One setting under which the generated tests run a component.

    Attributes:
        values: sizes of dimensions and constructor arguments: (("channels", "4"), ...), each
            value as Python source; what is not named is picked.
    """

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpSpec:
    """A function of tensors and scalars."""

    name: str  # "swish"
    arguments: tuple[Argument, ...]  # in the order of the forward's signature
    forward: Forward
    returns: tuple[Shape, ...] = ()  # () where nobody said
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class LossSpec:
    """A function of predictions and targets whose result is reduced."""

    name: str  # "focal"
    class_name: str  # "Focal"
    arguments: tuple[Argument, ...]
    forward: Forward
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """An nn.Module.

    Attributes:
        arguments: tensors go to `forward`, the rest to the constructor. Complete: what the
            signature, the shapes of parameters and the submodules need is all here, and what
            a parameter, buffer or submodule of the same name supplies is not.
        calls_op: whether `forward` calls the component's op; its text is then the op's.
        returns: shapes of what `forward` returns; () where nobody said.
    """

    name: str  # "RMSNorm"
    arguments: tuple[Argument, ...]
    parameters: tuple[Parameter, ...]
    buffers: tuple[Parameter, ...]
    submodules: tuple[Submodule, ...]
    forward: Forward
    calls_op: bool = False
    returns: tuple[Shape, ...] = ()
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """One component: one folder, and what is in it.

    Attributes:
        name: as a class is spelled: "RMSNorm".
        folder: as a module is spelled: "rms_norm".
        recompute: of a derived backward; CHEAP of any other, which chooses nothing.
        summary: one sentence for docstrings, or "".
        layers: the modules in the order of the file; the last is the component's own, those
            before it are its blocks. Empty where it makes no layer.
        tests_into: folder of the tests, relative to the component's own folder, where they
            are not inside it: "../tests".
    """

    name: str
    folder: str
    backward: Backward
    recompute: Recompute = Recompute.CHEAP
    summary: str = ""
    op: OpSpec | None = None
    layers: tuple[LayerSpec, ...] = ()
    loss: LossSpec | None = None
    tests_into: str | None = None

    @property
    def makes(self) -> tuple[Kind, ...]:
        """What the component has, in the order in which it is built."""
        found = {
            Kind.OP: self.op is not None,
            Kind.LAYER: bool(self.layers),
            Kind.LOSS: self.loss is not None,
        }
        return tuple(kind for kind, there in found.items() if there)
