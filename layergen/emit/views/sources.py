"""What the templates of a component's sources may see.

Nobody compares or prints a view; without these methods the classes are made in half the time.
"""

from dataclasses import dataclass

__all__ = [
    "ArgumentView",
    "BlockView",
    "ComponentView",
    "DerivedView",
    "ExportView",
    "ForwardView",
    "FunctionView",
    "GradientView",
    "LayerModuleView",
    "LayerView",
    "LossView",
    "OpView",
    "ParameterView",
    "ResetView",
    "SettingView",
    "SubmoduleView",
    "TensorView",
    "UsesView",
]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UsesView:
    """Imports that a file's text needs.

    Attributes:
        others: import statements of the user's own, verbatim.
    """

    torch: bool
    math: bool
    functional: bool
    nn: bool
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ArgumentView:
    """An argument in a docstring or a constructor.

    Attributes:
        declaration: as a signature has it: "eps: float = 1e-05".
    """

    name: str
    doc: str
    declaration: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TensorView:
    """A line of a docstring's Shape section."""

    name: str
    doc: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ForwardView:
    """The user's function as it stands at module level.

    Attributes:
        stands_alone: whether the function itself is wanted, not only what it reaches.
    """

    name: str
    signature: str
    returns: str
    preamble: str
    body: str
    stands_alone: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GradientView:
    """One gradient of a stub backward.

    Attributes:
        index: position among the forward's arguments.
        of: the argument: "x".
        name: "grad_x".
    """

    index: int
    of: str
    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FunctionView:
    """An autograd.Function.

    Attributes:
        partial: the template of the class.
        picked: what stands behind the call of apply; nothing.
        inputs: target that unpacks `inputs`: "x, beta" or "(x,)".
        unpacked: target that unpacks the saved tensors.
        arguments: the call of forward: "x, beta, alpha".
        no_gradients: chained targets: "grad_x = grad_beta".
        cotangent_signature: "grad_out: Tensor".
        cotangents: what the vjp takes: "grad_out", or "(grad_0, grad_1)".
        results: what backward returns: "grad_x, grad_beta, None".
    """

    partial: str
    picked: str
    name: str
    summary: str
    test_file: str
    signature: str
    returns: str
    body: str
    inputs: str
    saved: str
    unpacked: str
    scalars: tuple[str, ...]
    arguments: str
    no_gradients: str
    cotangent_signature: str
    cotangents: str
    gradients: tuple[GradientView, ...]
    results: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BlockView:
    """Statements of a backward that stand behind one condition, or none."""

    condition: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DerivedView:
    """An autograd.Function with a derived backward.

    Attributes:
        partial: the template of the class.
        formulas: lines of the docstring: what each gradient is.
        setup: the lines of setup_context.
        unpacked: target that unpacks the saved tensors, or "".
        scalars: numbers that backward uses.
        no_gradients: chained targets, "grad_x = grad_beta", or "" where there is one gradient.
        rebuilt: lines that compute what was kept again, for a second derivative.
        results: what backward returns: "grad_x, grad_beta, None".
        arguments: the call: "x, beta".
        picked: what takes the outputs out of all that forward returns: "", "[0]", "[:2]".
        texts: all of its statements, for the imports that they need.
    """

    partial: str
    name: str
    summary: str
    formulas: tuple[str, ...]
    signature: str
    returns: str
    body: str
    setup: tuple[str, ...]
    cotangent_signature: str
    unpacked: str
    scalars: tuple[str, ...]
    no_gradients: str
    rebuilt: tuple[str, ...]
    blocks: tuple[BlockView, ...]
    results: str
    arguments: str
    picked: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OpView:
    """op.py."""

    name: str
    title: str
    summary: str
    exports: tuple[str, ...]
    signature: str
    returns: str
    returns_doc: str
    arguments: tuple[ArgumentView, ...]
    body: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SettingView:
    """A constructor argument that the module keeps.

    Attributes:
        attribute: where: "initial_beta" for the first value of a parameter beta.
        doc: its line of the docstring.
    """

    name: str
    attribute: str
    doc: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ParameterView:
    """A parameter or buffer as the constructor makes it; shape is torch.empty's first argument."""

    name: str
    shape: str
    optional: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubmoduleView:
    """A submodule as the constructor makes it."""

    name: str
    constructor: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ResetView:
    """A line of reset_parameters: "nn.init.ones_(self.weight)"."""

    name: str
    call: str
    optional: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerView:
    """One nn.Module."""

    name: str
    summary: str
    arguments: tuple[ArgumentView, ...]
    tensors: tuple[TensorView, ...]
    constructor: str
    has_constructor: bool
    holds_tensors: bool
    submodules_hold_tensors: bool
    settings: tuple[SettingView, ...]
    submodules: tuple[SubmoduleView, ...]
    parameters: tuple[ParameterView, ...]
    buffers: tuple[ParameterView, ...]
    resets: tuple[ResetView, ...]
    signature: str
    returns: str
    body: str
    extra_repr: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerModuleView:
    """layer.py.

    Attributes:
        op: the op that it imports, or "".
    """

    title: str
    exports: tuple[str, ...]
    op: str
    layers: tuple[LayerView, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LossView:
    """loss.py.

    Attributes:
        unreduced: expression of the losses before they are reduced.
        constructor: signature of __init__.
        forward_call: what the module hands to the function.
    """

    name: str
    class_name: str
    title: str
    summary: str
    exports: tuple[str, ...]
    signature: str
    arguments: tuple[ArgumentView, ...]
    returns_doc: str
    reduces: bool
    unreduced: str
    tensors: tuple[TensorView, ...]
    settings: tuple[SettingView, ...]
    has_constructor: bool
    constructor: str
    forward_signature: str
    forward_call: str
    extra_repr: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExportView:
    """A line of __init__.py."""

    module: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ComponentView:
    """__init__.py."""

    exports: tuple[ExportView, ...]
    quoted: tuple[str, ...]
