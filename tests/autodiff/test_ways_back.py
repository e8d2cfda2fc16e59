"""What is kept may have an incoming gradient of its own; then its inputs are not kept."""

import pytest
import torch
import torch.nn.functional as F

import layergen
from layergen.autodiff import sweep
from layergen.autodiff.derive import derived
from layergen.autodiff.refusal import Reason
from layergen.errors import CannotDerive
from layergen.ir.graph import Kind
from layergen.spec.model import Recompute
from tests.autodiff.agreement import answers, close, learned, tensor_places
from tests.autodiff.ungated import ungated

NONE, CHEAP, ALL = Recompute


def values(*sizes):
    return torch.randn(sizes, dtype=torch.float64)


ONE, OTHER, ROOT = values(3, 4), values(3, 4), values(4, 4)


def gap(x, y):
    d = x - y
    return d.exp() * d.sum(-1, keepdim=True)


def pooled(x):
    s = x.sum(-1)
    return s * s.exp()


def stacked(x, y, w):
    """Keep d and p, which is made of it."""
    d = x - y
    p = d @ w
    return p * p.exp()


def chosen(x, y):
    d = x - y
    m = d > 0
    return torch.where(m, d**3, d.sin())


def dropped(x, y):
    d = F.dropout(x - y, 0.5)
    return d.exp() * d


def half_detached(x, y):
    d = x - y
    return d.square() * d.detach().exp()


def half_constant(x, y):
    d = x - y
    with torch.no_grad():
        s = d.exp()
    return d.square() * s


def of_two_outputs(x, y):
    d = x - y
    return d.square().sum(-1), d.sin() * d.mean()


def kept_and_returned(x, y):
    d = x - y
    return d.exp() * d.sum(-1, keepdim=True), d


TWO = [gap, chosen, dropped, half_detached, half_constant, of_two_outputs]
CASES = [(each, (ONE, OTHER)) for each in [*TWO, kept_and_returned]]
CASES += [(pooled, (ONE,)), (stacked, (ONE, OTHER, ROOT))]
RETURNING = [(each, inputs) for each, inputs in CASES if each is not kept_and_returned]


def named(case):
    return case.__name__ if callable(case) else ""


def derivatives(function, inputs, order):
    """Differentiate again and again; what is constant has no gradient, which counts as zeros."""
    inputs = learned(inputs)
    wanted = [inputs[at] for at in tensor_places(inputs)]
    torch.manual_seed(2)
    found = answers(function(*inputs))
    for _ in range(order):
        total = sum((each * torch.rand_like(each)).sum() for each in found)
        total = total + sum(each.sum() for each in wanted) * 0
        found = torch.autograd.grad(total, wanted, create_graph=True)
    return found


@pytest.mark.parametrize("recompute", ["none", "cheap"])
@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("forward", "inputs"), CASES, ids=named)
def test_every_derivative_is_right(forward, inputs, order, recompute):
    ours = ungated(forward, inputs, recompute=recompute).function

    close(derivatives(ours, inputs, order), derivatives(forward, inputs, order))


@pytest.mark.parametrize(("forward", "inputs"), RETURNING, ids=named)
def test_no_input_is_kept_that_backward_does_not_take(forward, inputs):
    found = derived(forward, inputs)

    assert any(each is not None for each in found.ways_back)
    assert not found.rebuilds
    names = {found.graph[at].hint for at in found.saved if at in found.arguments}
    assert names == ({"w"} if forward is stacked else set())


def test_an_output_has_its_way_back_already():
    found = derived(kept_and_returned, (ONE, OTHER))

    assert found.kept == found.ways_back == ()
    assert found.saved == found.outputs[1:]


@pytest.mark.parametrize(
    ("forward", "recompute", "constants"),
    [
        (chosen, NONE, {"bool"}),
        (dropped, CHEAP, {"float64"}),
        (half_constant, CHEAP, {"float64"}),
    ],
)
def test_what_no_gradient_passes_has_no_way_back(forward, recompute, constants):
    found = derived(forward, (ONE, OTHER), recompute=recompute)
    without = [
        found.graph[at]
        for at, way_back in zip(found.kept, found.ways_back, strict=True)
        if way_back is None
    ]

    assert {each.dtype for each in without} == constants
    assert not any(each.varies and not each.random for each in without)


def test_a_constant_is_marked_and_the_rest_is_not():
    source = ungated(chosen, (ONE, OTHER), recompute="none").source

    assert "ctx.mark_non_differentiable(m)" in source
    assert "def backward(ctx: FunctionCtx, grad_out: Tensor, grad_d" in " ".join(
        source.split()
    ).replace("( ", "(")


def test_the_gradient_of_what_is_made_of_another_goes_through_that():
    source = ungated(stacked, (ONE, OTHER, ROOT)).source

    of_product = source.index("grad_p = grad_p + ")
    assert of_product < source.index("grad_d = grad_d + grad_p @ w.mT")


def lost(kept):
    """Let the incoming gradient of a kept value go nowhere, of the first or of the last."""
    real = sweep.incoming

    def incoming(adjoints, entry):
        if entry.op == kept:
            gradient = torch.empty_like(entry.result)
            return adjoints.tape.leaf(Kind.COTANGENT, "grad_kept", gradient)
        return real(adjoints, entry)

    return incoming


@pytest.mark.parametrize("kept", ["sub", "matmul"])
def test_a_gradient_that_is_lost_is_found(kept, monkeypatch):
    monkeypatch.setattr(sweep, "incoming", lost(kept))

    with pytest.raises(CannotDerive) as error:
        layergen.derive(stacked, (ONE, OTHER, ROOT))

    assert error.value.reason == Reason.FAILED_SECOND_ORDER.spelled


@pytest.mark.parametrize(
    ("forward", "inputs"),
    [
        (lambda x, w: (x @ w).softmax(-1) @ w, (ONE, ROOT)),
        (lambda x, w: x * torch.rsqrt(x.square().mean(-1, True) + 1) * w, (ONE, ONE)),
        (lambda x, b: gap(x, -b), (ONE, values(4))),
    ],
    ids=["as much", "as much without", "hardly less"],
)
def test_what_is_kept_is_constant_where_that_keeps_hardly_more(forward, inputs):
    assert derived(forward, inputs).ways_back == ()


def test_nothing_is_returned_where_all_is_computed_again():
    assert derived(gap, (ONE, OTHER), recompute=ALL).ways_back == ()


def test_nothing_is_returned_where_it_is_not_wanted():
    assert derived(gap, (ONE, OTHER), ways_back=False).ways_back == ()


def test_the_way_back_must_lead_to_all_that_a_value_varies_with():
    """A Function has no gradient for y: what goes through d to it would be lost."""
    found = derived(gap, (ONE, OTHER), wanted=[0])

    assert found.ways_back == ()


def test_no_way_is_gone_that_a_first_derivative_does_not_go():
    """There the gradient of a root is infinite at 0, and 0 * inf is not 0."""

    def forward(x, w, y, z):
        return (y - z).square() * (x.sqrt() @ w).detach() + x.square() @ w

    assert derived(forward, (ONE, ROOT, ONE, OTHER)).ways_back == ()


@pytest.mark.parametrize(
    "view",
    [
        lambda d: d[:2],
        lambda d: d.mT,
        lambda d: d.reshape(-1),
        lambda d: d.chunk(2)[0],
        lambda d: d.to(torch.float64),
        lambda d: d.expand(2, 3, 4),
    ],
)
def test_what_may_be_a_view_is_not_returned(view):
    found = derived(lambda x, y: view(x - y).exp() * view(x - y), (ONE, OTHER))

    assert [found.graph[at].op for at in found.kept] == ["sub"]
