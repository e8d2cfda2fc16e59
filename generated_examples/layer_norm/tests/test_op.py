"""layer_norm against its plain forward: values, gradients, transforms."""

import inspect
import shutil

import pytest
import torch
from torch._dynamo.testing import CompileCounterWithBackend
from torch.autograd import gradcheck, gradgradcheck
from torch.utils._python_dispatch import TorchDispatchMode

from ..op import layer_norm
from . import reference

DIFFERENTIABLE = (0, 1, 2)  # positions among the tensors
CASES = [
    pytest.param({"eps": 1e-05, "x": (3, 5), "weight": (5,), "bias": (5,)}, id="sizes"),
    pytest.param(
        {"eps": 7.5e-06, "x": (2, 4), "weight": (4,), "bias": (4,)}, id="other_sizes"
    ),
    pytest.param({"eps": 1e-05, "x": (5,), "weight": (5,), "bias": (5,)}, id="no_lead"),
    pytest.param(
        {"eps": 7.5e-06, "x": (2, 3, 4), "weight": (4,), "bias": (4,)}, id="two_leads"
    ),
    pytest.param({"eps": 1e-05, "x": (0, 5), "weight": (5,), "bias": (5,)}, id="empty"),
    pytest.param(
        {"eps": 1e-05, "x": (3, 5), "weight": (5,), "bias": None}, id="without_bias"
    ),
]


def inputs(case, dtype=torch.float64):
    """Draw the tensors of a case: the same values every time, then rounded to dtype."""
    generator = torch.Generator().manual_seed(0)

    def draw(shape):
        values = torch.randn(shape, generator=generator, dtype=torch.float64)
        return values.to(dtype).requires_grad_()

    return [
        draw(case["x"]),
        draw(case["weight"]),
        None if case["bias"] is None else draw(case["bias"]),
    ]


def changed(args, change):
    """Change the floating tensors, as new leaves of the graph; leave the rest alone."""
    return [
        (
            change(a.detach()).requires_grad_(a.requires_grad)
            if isinstance(a, torch.Tensor) and a.is_floating_point()
            else a
        )
        for a in args
    ]


def bound(function, case):
    """Fix the scalars: what is left is a function of the tensors alone, as gradcheck wants it."""
    return lambda x, weight, bias: function(x, weight, bias, eps=case["eps"])


def gradients(function, args, parameters=()):
    """Call, and differentiate along a fixed cotangent: the outputs, then the gradients."""
    torch.manual_seed(0)
    outputs = (function(*args),)
    wanted = [a for a in args if isinstance(a, torch.Tensor) and a.requires_grad]
    cotangents = [
        torch.linspace(-1, 1, out.numel()).reshape(out.shape).to(out) for out in outputs
    ]
    grads = torch.autograd.grad(
        outputs, [*wanted, *parameters], cotangents, materialize_grads=True
    )
    return *outputs, *grads


def assert_as_accurate(actual, plain, exact, dtype):
    """Ask for dtype's result, no further from the exact one than twice the plain forward is.

    Where the plain forward happens to be exact, each step may still round: a few eps of the
    largest norm, since what is small because its terms cancel keeps their roundings (Higham,
    Accuracy and Stability of Numerical Algorithms, ch. 3).
    """
    largest = max(torch.linalg.vector_norm(want) for want in exact)
    rounding = 8 * torch.finfo(dtype).eps * largest
    for got, same, want in zip(actual, plain, exact, strict=True):
        assert got.dtype == same.dtype
        assert got.shape == want.shape
        plain_error = torch.linalg.vector_norm(same.double() - want)
        error = torch.linalg.vector_norm(got.double() - want)
        assert error <= 2 * plain_error + rounding


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_agrees_with_reference(case, dtype):
    args = inputs(case, dtype)
    actual = gradients(bound(layer_norm, case), args)

    plain = gradients(bound(reference.layer_norm, case), args)
    exact = gradients(
        bound(reference.layer_norm, case), changed(args, torch.Tensor.double)
    )

    assert_as_accurate(actual, plain, exact, dtype)


def test_defaults():
    defaults = {"eps": 1e-5}
    parameters = inspect.signature(layer_norm).parameters

    assert {name: parameters[name].default for name in defaults} == defaults


@pytest.mark.parametrize("case", CASES)
def test_gradient(case):
    assert gradcheck(bound(layer_norm, case), inputs(case))


@pytest.mark.parametrize("case", CASES)
def test_second_gradient(case):
    assert gradgradcheck(bound(layer_norm, case), inputs(case), fast_mode=True)


@pytest.mark.parametrize("case", CASES)
def test_strided_inputs(case):
    args = inputs(case)
    strided = changed(args, lambda a: torch.stack((a, a), dim=-1)[..., 0])

    actual = gradients(bound(layer_norm, case), strided)

    torch.testing.assert_close(
        actual, gradients(bound(reference.layer_norm, case), args)
    )


def gradients_of_sum(function, args):
    """Differentiate the plain sum: its cotangent is one number, expanded with stride 0."""
    wanted = [a for a in args if isinstance(a, torch.Tensor) and a.requires_grad]
    total = sum(out.sum() for out in (function(*args),))
    return torch.autograd.grad(total, wanted, materialize_grads=True)


@pytest.mark.parametrize("case", CASES)
def test_expanded_gradient(case):
    args = inputs(case)
    actual = gradients_of_sum(bound(layer_norm, case), args)

    torch.testing.assert_close(
        actual, gradients_of_sum(bound(reference.layer_norm, case), args)
    )


@pytest.mark.parametrize("scale", [0.0, 10000.0])
@pytest.mark.parametrize("case", CASES)
def test_ties_and_large_magnitudes_answer_as_plain_autograd(case, scale):
    args = changed(inputs(case), lambda a: a * scale)

    actual = gradients(bound(layer_norm, case), args)

    expected = gradients(bound(reference.layer_norm, case), args)
    torch.testing.assert_close(actual, expected, equal_nan=True)


def cast(function):
    """Run the forward under autocast; its backward comes after, as in training."""

    def run(*args):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return function(*args)

    return run


def test_under_autocast():
    args = inputs(CASES[0].values[0], torch.float32)
    actual = gradients(cast(bound(layer_norm, CASES[0].values[0])), args)

    plain = gradients(cast(bound(reference.layer_norm, CASES[0].values[0])), args)

    exact = gradients(
        bound(reference.layer_norm, CASES[0].values[0]),
        changed(args, torch.Tensor.double),
    )
    assert_as_accurate(actual, plain, exact, torch.bfloat16)


def per_sample_gradient(function):
    """Gradients of the squared outputs' sum, by torch.func."""

    def loss(*args):
        return sum(out.square().sum() for out in (function(*args),))

    return torch.func.grad(loss, argnums=DIFFERENTIABLE)


def test_vmap_of_grad():
    args = inputs(CASES[0].values[0])
    batched = [0 if i in DIFFERENTIABLE else None for i in range(len(args))]
    halved = [0.5 * a if i in DIFFERENTIABLE else a for i, a in enumerate(args)]
    batch = [
        a if dim is None else torch.stack((a, b)).detach()
        for a, b, dim in zip(args, halved, batched, strict=True)
    ]

    actual = torch.func.vmap(
        per_sample_gradient(bound(layer_norm, CASES[0].values[0])),
        in_dims=tuple(batched),
    )(*batch)

    for sample, values in enumerate((args, halved)):
        expected = per_sample_gradient(bound(reference.layer_norm, CASES[0].values[0]))(
            *values
        )
        torch.testing.assert_close(tuple(grad[sample] for grad in actual), expected)


def test_its_own_backward_is_used():
    args = inputs(CASES[0].values[0])
    output = bound(layer_norm, CASES[0].values[0])(*args)

    assert output.grad_fn.name() == "LayerNormFunctionBackward"


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # torch's own
def test_forward_mode_is_refused_and_never_a_silent_zero():
    args = inputs(CASES[0].values[0])
    first, *rest = [a.detach() if isinstance(a, torch.Tensor) else a for a in args]

    with pytest.raises((NotImplementedError, RuntimeError), match="jvp"):
        torch.func.jvp(
            lambda value: bound(layer_norm, CASES[0].values[0])(value, *rest),
            (first,),
            (torch.ones_like(first),),
        )


def test_every_tensor_is_kept_by_save_for_backward():
    args = inputs(CASES[0].values[0])
    output = bound(layer_norm, CASES[0].values[0])(*args)

    # on ctx itself it would escape hooks, and the check for changes in place
    held = vars(output.grad_fn).values()
    values = [v for h in held for v in (h if isinstance(h, tuple | list) else (h,))]
    assert not any(isinstance(value, torch.Tensor) for value in values)


def test_refuses_complex_tensors_whose_gradient_would_lack_conjugates():
    case = CASES[0].values[0]
    args = changed(inputs(case), lambda a: torch.complex(a, a))

    with pytest.raises(ValueError, match="has its gradient for real tensors"):
        bound(layer_norm, case)(*args)


def test_refuses_shapes_that_its_gradient_does_not_hold_for():
    case = {"eps": 1e-05, "x": (3, 3), "weight": (3,), "bias": ()}

    with pytest.raises(ValueError, match="has its gradient for"):
        bound(layer_norm, case)(*inputs(case))


class CountOperations(TorchDispatchMode):
    """Count what really runs, below autograd."""

    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        # detach is autograd's own way to hand a tensor over
        self.count += func is not torch.ops.aten.detach.default
        return func(*args, **(kwargs or {}))


def backward_operations(wanted):
    """Run the backward for the inputs at these positions alone, and count its operations."""
    args = inputs(CASES[0].values[0])
    for position in DIFFERENTIABLE:
        args[position].requires_grad_(position in wanted)
    output = bound(layer_norm, CASES[0].values[0])(*args)
    cotangent = torch.ones_like(output)
    with CountOperations() as operations:
        output.backward(cotangent)
    assert {i for i in DIFFERENTIABLE if args[i].grad is not None} == set(wanted)
    return operations.count


@pytest.mark.parametrize("position", DIFFERENTIABLE)
def test_does_only_the_work_that_is_asked_for(position):
    others = [i for i in DIFFERENTIABLE if i != position]

    assert backward_operations(others) < backward_operations(DIFFERENTIABLE)


NO_COMPILER = not any(map(shutil.which, ("g++", "clang++", "c++")))
INDUCTOR = pytest.param(
    "inductor",
    marks=pytest.mark.skipif(NO_COMPILER, reason="no C++ compiler on PATH"),
)


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # torch's own
@pytest.mark.parametrize("backend", ["aot_eager", INDUCTOR])
def test_compiles_whole(backend):
    torch.compiler.reset()
    args = inputs(CASES[0].values[0])
    counter = CompileCounterWithBackend(backend)
    compiled = torch.compile(
        bound(layer_norm, CASES[0].values[0]), fullgraph=True, backend=counter
    )

    actual = gradients(compiled, args)

    torch.testing.assert_close(
        actual, gradients(bound(reference.layer_norm, CASES[0].values[0]), args)
    )
    assert counter.frame_count > 0  # the compiled object is what ran
