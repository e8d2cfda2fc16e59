"""What the templates of an autograd.Function may see."""

from dataclasses import dataclass

__all__ = ["BlockView", "CheckView", "DerivedView", "FunctionView", "GradientView"]


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
        picked: what stands behind the call of apply.
        inputs: target that unpacks `inputs`: "x, beta" or "(x,)".
        unpacked: target that unpacks the saved tensors.
        arguments: the call of forward: "x, beta, alpha".
        no_gradients: chained targets: "grad_x = grad_beta".
        cotangent_signature: "grad_out: Tensor".
        cotangents: what the vjp takes: "grad_out", or "(grad_0, grad_1)".
        results: what backward returns: "grad_x, grad_beta, None".
    """

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
    picked: str = ""
    is_derived: bool = False
    autocasts: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BlockView:
    """Statements of a backward that stand behind one condition, or none."""

    condition: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckView:
    """What the public function refuses.

    Attributes:
        condition: true of what can't be.
        message: of the ValueError, as an expression.
        doc: lines of the docstring: which sizes it is raised for.
    """

    condition: str
    message: str
    doc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DerivedView:
    """An autograd.Function with a derived backward.

    Attributes:
        formulas: lines of the docstring: what each gradient is.
        setup: the lines of setup_context.
        unpacked: target that unpacks the saved tensors, or "".
        scalars: numbers that backward uses.
        no_gradients: chained targets, "grad_x = grad_beta", or "" where there is one gradient.
        rebuilt: lines that compute what was kept again, for a second derivative.
        beside: sentence of the docstring on what forward returns with a gradient of its own, or "".
        zero: comment on that gradient, or "".
        results: what backward returns: "grad_x, grad_beta, None".
        arguments: the call: "x, beta".
        picked: what takes the outputs out of all that forward returns: "", "[0]", "[:2]".
        autocasts: whether backward multiplies, and so must run under the forward's autocast.
        texts: all of its statements, for the imports that they need.
    """

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
    beside: str
    zero: str
    blocks: tuple[BlockView, ...]
    results: str
    arguments: str
    picked: str
    texts: tuple[str, ...]
    autocasts: bool
    is_derived: bool = True
