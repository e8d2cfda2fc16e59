"""The LayerNorm layer as a citizen of torch.nn."""

import copy
import inspect
import pickle
import shutil

import pytest
import torch
from torch import nn
from torch._dynamo.testing import CompileCounterWithBackend
from torch.autograd import gradcheck, gradgradcheck
from torch.func import functional_call

from ..layer import LayerNorm
from . import reference

CASES = [
    pytest.param(
        {"features": 5, "eps": 1e-05, "bias": True, "x": (3, 5), "returns": [(3, 5)]},
        id="sizes",
    ),
    pytest.param(
        {
            "features": 4,
            "eps": 7.5e-06,
            "bias": False,
            "x": (2, 4),
            "returns": [(2, 4)],
        },
        id="other_sizes",
    ),
    pytest.param(
        {"features": 5, "eps": 1e-05, "bias": True, "x": (5,), "returns": [(5,)]},
        id="no_lead",
    ),
    pytest.param(
        {
            "features": 4,
            "eps": 7.5e-06,
            "bias": False,
            "x": (2, 3, 4),
            "returns": [(2, 3, 4)],
        },
        id="two_leads",
    ),
    pytest.param(
        {"features": 5, "eps": 1e-05, "bias": True, "x": (0, 5), "returns": [(0, 5)]},
        id="empty",
    ),
]


def inputs(case, dtype=torch.float64):
    """Draw the tensors of a case: the same values every time, then rounded to dtype."""
    generator = torch.Generator().manual_seed(0)

    def draw(shape):
        values = torch.randn(shape, generator=generator, dtype=torch.float64)
        return values.to(dtype).requires_grad_()

    return [draw(case["x"])]


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


def layer_of(case):
    """Build the layer of a case, its parameters moved off values such as 0 and 1."""
    torch.manual_seed(0)
    layer = LayerNorm(
        features=case["features"], eps=case["eps"], bias=case["bias"]
    ).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.1)
    return layer


def plain(layer):
    """Give the forward as it was asked for, on this layer's own parameters."""
    return lambda x: reference.layer_norm(x, layer.weight, layer.bias, layer.eps)


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
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
def test_agrees_with_reference(case, dtype, training):
    layer, args = layer_of(case).to(dtype).train(training), inputs(case, dtype)
    twin, exact = copy.deepcopy(layer), copy.deepcopy(layer).double()
    exact_args = changed(args, torch.Tensor.double)

    actual = gradients(layer, args, layer.parameters())

    rounded = gradients(plain(twin), args, twin.parameters())
    exact_answer = gradients(plain(exact), exact_args, exact.parameters())
    assert_as_accurate(actual, rounded, exact_answer, dtype)
    buffers, plain_buffers = list(layer.buffers()), list(twin.buffers())
    torch.testing.assert_close(buffers, plain_buffers, rtol=0, atol=0, equal_nan=True)


def of_everything(layer, case):
    """See the layer as a function of its inputs and its parameters, as gradcheck wants it.

    In eval mode: finite differences would step over the kinks that batch statistics amplify.
    """
    args, named = inputs(case), dict(layer.eval().named_parameters())

    def function(*values):
        torch.manual_seed(0)
        given = dict(zip(named, values[len(args) :], strict=True))
        return functional_call(layer, given, values[: len(args)])

    return function, (*args, *named.values())


@pytest.mark.parametrize("case", CASES)
def test_gradient(case):
    function, values = of_everything(layer_of(case), case)

    assert gradcheck(function, values, fast_mode=True)


@pytest.mark.parametrize("case", CASES)
def test_second_gradient(case):
    function, values = of_everything(layer_of(case), case)

    assert gradgradcheck(function, values, fast_mode=True)


def test_every_parameter_learns():
    learned = set()
    for param in CASES:
        case = param.values[0]
        layer = layer_of(case)
        names, parameters = zip(*layer.named_parameters(), strict=True)
        grads = gradients(layer, inputs(case), parameters)[-len(names) :]
        learned |= {name for name, grad in zip(names, grads, strict=True) if grad.any()}

    assert learned >= set(dict(layer_of(CASES[0].values[0]).named_parameters()))


@pytest.mark.parametrize("case", CASES)
def test_strided_inputs(case):
    args = inputs(case)
    strided = changed(args, lambda a: torch.stack((a, a), dim=-1)[..., 0])

    actual = gradients(layer_of(case), strided)

    torch.testing.assert_close(actual, gradients(layer_of(case), args))


@pytest.mark.parametrize("case", CASES)
def test_shape_of_the_output(case):
    outputs = gradients(layer_of(case), inputs(case))[:1]

    assert [tuple(out.shape) for out in outputs] == case["returns"]


@pytest.mark.parametrize(
    "travel",
    [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))],
    ids=["deepcopy", "pickle"],
)
def test_travels(travel):
    case = CASES[0].values[0]
    layer = layer_of(case)

    there = gradients(travel(layer), inputs(case))

    torch.testing.assert_close(there, gradients(layer, inputs(case)), rtol=0, atol=0)


def test_state_dict_round_trip():
    case = CASES[0].values[0]
    layer = layer_of(case)
    other = LayerNorm(
        features=case["features"], eps=case["eps"], bias=case["bias"]
    ).double()

    other.load_state_dict(layer.state_dict(), strict=True)

    there = gradients(other, inputs(case))
    torch.testing.assert_close(there, gradients(layer, inputs(case)), rtol=0, atol=0)


def test_builds_on_meta_then_materialises():
    case = CASES[0].values[0]
    layer = LayerNorm(
        features=case["features"], eps=case["eps"], bias=case["bias"], device="meta"
    )
    assert all(tensor.is_meta for tensor in layer.state_dict().values())
    layer.to_empty(device="cpu")
    floating = [t for t in layer.state_dict().values() if t.is_floating_point()]
    for tensor in floating:
        tensor.fill_(torch.nan)

    for module in layer.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()

    assert floating
    assert all(torch.isfinite(tensor).all() for tensor in floating)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_is_built_in_the_dtype_asked_for(dtype):
    case = CASES[0].values[0]
    layer = LayerNorm(
        features=case["features"], eps=case["eps"], bias=case["bias"], dtype=dtype
    )

    tensors = layer.state_dict().values()
    assert {t.dtype for t in tensors if t.is_floating_point()} == {dtype}


@pytest.mark.parametrize("case", CASES)
def test_holds_what_it_should(case):
    layer = layer_of(case)

    assert set(dict(layer.named_parameters(recurse=False))) == {"weight"} | (
        {"bias"} if case["bias"] else set()
    )
    assert set(dict(layer.named_buffers(recurse=False))) == set()
    assert {"weight"} <= set(layer.state_dict())


def test_begins_with_its_first_values():
    layer = layer_of(CASES[0].values[0])
    torch.manual_seed(0)
    layer.reset_parameters()

    torch.manual_seed(0)
    assert torch.equal(layer.weight, nn.init.ones_(torch.empty_like(layer.weight)))
    assert torch.equal(layer.bias, nn.init.zeros_(torch.empty_like(layer.bias)))


def test_defaults():
    defaults = {"eps": 1e-5, "bias": True}
    parameters = inspect.signature(LayerNorm).parameters

    assert {name: parameters[name].default for name in defaults} == defaults


def test_says_what_it_is():
    layer = layer_of(CASES[0].values[0])

    assert repr(layer).startswith("LayerNorm(")
    assert layer.extra_repr() == "features=5, eps=1e-05, bias=True"


NO_COMPILER = not any(map(shutil.which, ("g++", "clang++", "c++")))
INDUCTOR = pytest.param(
    "inductor",
    marks=pytest.mark.skipif(NO_COMPILER, reason="no C++ compiler on PATH"),
)
BACKENDS = ["aot_eager", INDUCTOR]


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # torch's own
@pytest.mark.parametrize("backend", BACKENDS)
def test_compiles_whole(backend):
    torch.compiler.reset()
    case = CASES[0].values[0]
    layer, twin, args = layer_of(case), layer_of(case), inputs(case)
    counter = CompileCounterWithBackend(backend)
    compiled = torch.compile(layer, fullgraph=True, backend=counter)

    actual = gradients(compiled, args, layer.parameters())

    torch.testing.assert_close(actual, gradients(plain(twin), args, twin.parameters()))
    assert counter.frame_count > 0  # the compiled object is what ran
