"""What the templates of a component's sources may see.

Nobody compares or prints a view; without these methods the classes are made in half the time.
"""

from dataclasses import dataclass

from layergen.emit.views.functions import CheckView

__all__ = [
    "ArgumentView",
    "ComponentView",
    "ExportView",
    "ForwardView",
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
class OpView:
    """op.py.

    Attributes:
        checks: what the function refuses before it computes.
    """

    name: str
    title: str
    summary: str
    exports: tuple[str, ...]
    signature: str
    returns: str
    returns_doc: str
    arguments: tuple[ArgumentView, ...]
    body: str
    checks: tuple[CheckView, ...]


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
        raises: lines of the docstring: what it raises, and when.
        checks: what the function refuses before it computes.
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
    raises: tuple[str, ...]
    checks: tuple[CheckView, ...]
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
