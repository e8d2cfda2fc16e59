"""The only file that touches torch's private modules."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import sympy
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = [
    "DispatchMode",
    "Sandbox",
    "decomposition",
    "default_dtype",
    "is_known",
    "is_single",
    "load_compiler",
    "looks_at_values",
    "missing",
]

# Operators whose answer's shape, or whose answer in Python, depends on values
# (tags data_dependent_output and dynamic_output_shape in aten/native_functions.yaml).
SINGLE = {torch.float32, torch.float16, torch.bfloat16}
TAGS = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape}


class DispatchMode(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch's
    """Torch's mode for what runs below autograd."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # torch's


class WatchForValues(DispatchMode):  # type: ignore[no-untyped-call] # torch's
    """Note the operators that need a tensor's values, and single precision."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.single = False

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run an operator, and note it if it is one of them."""
        by_mask = func is torch.ops.aten.index.Tensor and any(
            isinstance(each, Tensor) and each.dtype == torch.bool for each in args[1]
        )
        always = TAGS & set(func.tags) and func is not torch.ops.aten.index.Tensor
        if by_mask or always:
            self.seen.append(str(func))
        answer = func(*args, **(kwargs or {}))
        self.single |= any(each.dtype in SINGLE for each in tensors_in(answer))
        return answer


def tensors_in(answer: Any) -> list[Tensor]:
    """List the tensors that an operator returned."""
    found = answer if isinstance(answer, tuple | list) else (answer,)
    return [each for each in found if isinstance(each, Tensor)]


def looks_at_values(function: Callable[..., Any], inputs: Sequence[Any]) -> str:
    """Tell what in a function needs a tensor's values: "aten.nonzero.default", or "".

    What does can't be compiled whole: the compiler sees shapes and no values.
    """
    return next(iter(watched(function, inputs).seen), "")


def is_single(function: Callable[..., Any], inputs: Sequence[Any]) -> bool:
    """Tell whether a function computes in single precision on float64 inputs."""
    return watched(function, inputs).single


def watched(function: Callable[..., Any], inputs: Sequence[Any]) -> WatchForValues:
    """Run a function and watch it."""
    watch = WatchForValues()
    try:
        with watch:
            function(*inputs)
    except (
        Exception
    ) as error:  # what runs only unwatched can't be compiled whole either
        watch.seen.append(type(error).__name__)
    return watch


# What tracing needs of torch's private modules, and where it is in torch 2.11 to 2.13.
PRIVATE = (
    ("torch._subclasses.fake_tensor", "FakeTensorMode"),
    ("torch._dispatch.python", "enable_python_dispatcher"),
    ("torch._dynamo.source", "ConstantSource"),
    ("torch.fx.experimental.symbolic_shapes", "ShapeEnv"),
    ("torch.fx.experimental.symbolic_shapes", "StatelessSymbolicContext"),
    ("torch.fx.experimental.symbolic_shapes", "statically_known_true"),
    ("torch.fx.experimental.symbolic_shapes", "DimDynamic"),
    ("torch.utils._sympy.printers", "PythonPrinter"),
)


def missing() -> str:
    """Name what the installed torch lacks for a derivation, or ""."""
    for module, name in PRIVATE:
        try:
            private(module, name)
        except (ImportError, AttributeError):
            return f"{module}.{name} (torch {torch.__version__})"
    return ""


def load_compiler() -> None:
    """Load torch's compiler, before any of Python's functions is replaced for a while.

    It notes the ids of `len`, `max` and others once, when it is loaded, as tracing does. Of what
    stands in for them it would know ids that are another function's later, and not `len` itself.
    """
    import_module("torch._dynamo.trace_rules")


def private(module: str, name: str) -> Any:
    """Import one of torch's private names; only when a derivation needs it."""
    return getattr(import_module(module), name)


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Let tensors that are made without a dtype have this one, for a while."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


class Sandbox:
    """A place where tensors have no values and their sizes are symbols."""

    def __init__(self) -> None:
        needed = {name: private(module, name) for module, name in PRIVATE}
        self.source = needed["ConstantSource"]
        self.context = needed["StatelessSymbolicContext"]
        self.dynamic = needed["DimDynamic"].DYNAMIC
        self.dispatcher = needed["enable_python_dispatcher"]
        self.printer = needed["PythonPrinter"]
        # duck_shape would take two equal sizes of the example for one
        self.sizes = needed["ShapeEnv"](duck_shape=False)
        self.mode = needed["FakeTensorMode"](
            shape_env=self.sizes, allow_non_fake_inputs=True
        )
        self.mode.cache_enabled = False  # no call comes twice: it is recorded once

    def fake(self, tensor: Tensor, name: str) -> Tensor:
        """Take the place of a tensor; each of its sizes becomes a symbol."""
        context = self.context(dynamic_sizes=[self.dynamic] * tensor.dim())
        with torch.no_grad():
            made: Tensor = self.mode.from_tensor(
                tensor.detach(),
                static_shapes=False,
                source=self.source(name),
                symbolic_context=context,
            )
        return made

    @contextmanager
    def entered(self, *, gradients: bool) -> Iterator[None]:
        """Compute without values, for a while."""
        log = logging.getLogger(self.mode.__module__)
        quiet, log.disabled = log.disabled, True  # what fails is told in our words
        try:
            # without the python dispatcher some operators want concrete sizes
            with (
                default_dtype(
                    torch.float64
                ),  # of the inputs here, as float32 is of users'
                torch.set_grad_enabled(gradients),
                self.mode,
                self.dispatcher(),
            ):
                yield
        finally:
            log.disabled = quiet

    @property
    def guards(self) -> list[Any]:
        """What was asked of the sizes, as sympy has it: Eq(s0, 4)."""
        return [each.expr for each in self.sizes.guards]

    def asked(self) -> int:
        """Count what was asked of the sizes so far."""
        return len(self.sizes.guards)

    def expression(self, value: Any) -> Any:
        """Take the sympy expression of a symbolic number, as far as it is known now."""
        return value.node.expr

    def known(self, asked: Any) -> Any:
        """Replace each size in something that was asked by what it is known to be now."""
        return self.sizes.replace(asked)

    def spelled(self, guard: Any, names: Mapping[Any, str]) -> str:
        """Spell what was asked, with names for the symbols: "x.shape[1] % 2 == 0"."""
        plain = {symbol: sympy.Symbol(name) for symbol, name in names.items()}
        text: str = self.printer().doprint(guard.xreplace(plain))
        return text

    def is_fake(self, tensor: Tensor) -> bool:
        """Tell whether a tensor is one of the sandbox's own."""
        return getattr(tensor, "fake_mode", None) is self.mode


def is_known(truth: Any) -> bool:
    """Tell whether something of symbolic sizes is true by what was asked of them before."""
    known = private("torch.fx.experimental.symbolic_shapes", "statically_known_true")
    return bool(known(truth))


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Keep a log of torch's from the user: what fails is told in our words."""
    log = logging.getLogger(name)
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def storage_of(tensor: Tensor) -> int:
    """Identify the memory that a tensor looks at."""
    return int(tensor.untyped_storage()._cdata)


def scripted_kinds() -> tuple[type, ...]:
    """List what TorchScript turns functions and methods into."""
    return (torch.jit.ScriptFunction, torch._C.ScriptMethod)


def decomposition(func: Any) -> Callable[..., Any] | None:
    """Find what torch itself writes an operator out as, where it does."""
    table = private("torch._decomp", "decomposition_table")
    found: Callable[..., Any] | None = table.get(func)
    return found
