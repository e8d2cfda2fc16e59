"""What is derived at one example is right elsewhere, or says that it does not hold there."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import layergen
from layergen.errors import BadRequest


def normal(*shape):
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def scaled(x, s):
    return x * s.sum()


def averaged(x):
    return x / x.numel()


def product(x, w):
    return x @ w


def pooled(x):
    return x.logsumexp(-1)


def cosine(x, y):
    return F.cosine_similarity(x, y, dim=-1)


def norm(x, p):
    return torch.linalg.vector_norm(x, p)


def power(x, p):
    return x.abs() ** p


def signed(x, a):
    return x * x * math.copysign(1.0, a)


def whole(x, a):
    return x * 2 if a.is_integer() else x * x


def huber(x, y, delta):
    return F.huber_loss(x, y, delta=delta)


def attended(q, k, v):
    return F.scaled_dot_product_attention(q, k, v)


def backwards(x, y):
    return (x.sin() - y.flip(-1)).sum()


def along(x, y, d):
    return x + y.sin().flip(d)


EDGE = normal(3, 3)
# The forward, its example, and other arguments; True where it is refused there.
CALLS = [
    (scaled, (normal(2, 3), normal()), (normal(2, 3), normal(3)), True),
    (averaged, (normal(),), (normal(3),), True),
    (product, (normal(4, 6), normal(6)), (EDGE, EDGE), True),
    (product, (normal(4, 6), normal(6)), (normal(7, 3), normal(3)), False),
    (pooled, (normal(5),), (EDGE,), True),
    (cosine, (normal(5), normal(5)), (EDGE, EDGE), True),
    (norm, (normal(4), 3.0), (normal(4), math.inf), True),
    (norm, (normal(4), 3.0), (normal(4), 0.0), True),
    (power, (normal(4), 2.0), (normal(4), 0.0), False),
    (signed, (normal(4), 2.0), (normal(4), -2.0), True),
    (whole, (normal(4), 2.5), (normal(4), 2.0), True),
    (huber, (normal(4), normal(4), 1.0), (normal(4), -normal(4), 0.3), False),
    (backwards, (normal(3, 4), normal(3, 4)), (normal(4), normal(3, 4)), True),
    (along, (normal(3, 4), normal(3, 4), -1), (normal(3, 4), normal(4), 0), True),
    (along, (normal(3, 4), normal(3, 4), -1), (EDGE, EDGE, 0), False),
    (attended, (normal(2, 4, 3, 4),) * 3, (normal(2, 4, 5, 4),) * 3, False),
]


@pytest.mark.parametrize(("forward", "example", "others", "is_refused"), CALLS)
def test_other_arguments_are_right_or_refused(forward, example, others, is_refused):
    ours = layergen.derive(forward, example).function

    if is_refused:
        with pytest.raises(ValueError, match="has its gradient for"):
            ours(*others)
    else:
        torch.testing.assert_close(answer(ours, others), answer(forward, others))


def test_a_function_that_does_not_tell_its_arguments_is_refused():
    with pytest.raises(layergen.BadRequest, match="does not tell its arguments"):
        layergen.derive(torch.sinc, (normal(4),))


class Residual(nn.Module):
    """Adds to a product in place, which keeps the product's dtype."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x):
        out = self.inner(x)
        out += x
        return out.relu() * 2


def test_what_is_changed_in_place_keeps_its_dtype_under_autocast():
    module = Residual()
    x = torch.randn(3, 4)
    ours = layergen.derive(module, (x,)).function

    with torch.autocast("cpu"):
        found, wanted = ours(x, *module.parameters()), module(x)

    assert found.dtype == wanted.dtype == torch.bfloat16


def masked(x, mask, scale=2.0):
    return x * mask * scale


def test_what_no_gradient_was_derived_for_may_not_want_one():
    x, mask = normal(3, 4).requires_grad_(), normal(3, 4)
    ours = layergen.derive(masked, (x, mask, 2.0)).function

    torch.testing.assert_close(ours(x, mask, 3.0), masked(x, mask, 3.0))
    with pytest.raises(ValueError, match="no gradient for mask, scale: detach"):
        ours(x, mask.clone().requires_grad_(), 3.0)
    with pytest.raises(ValueError, match="no gradient for mask, scale: detach"):
        ours(x, mask, nn.Parameter(torch.tensor(3.0)))
    with pytest.raises(ValueError, match="no gradient for mask, scale: detach"):
        torch.func.grad(lambda m: ours(x.detach(), m, 3.0).sum())(mask)


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4))
        self.register_buffer("scale", torch.full((4,), 2.0))

    def forward(self, x):
        return x * self.weight * self.scale


def test_a_buffer_may_not_want_a_gradient_either():
    module = Scaled()
    ours = layergen.derive(module, (normal(3, 4).float(),)).function

    with pytest.raises(ValueError, match="no gradient for scale"):
        ours(normal(3, 4).float(), module.weight, torch.ones(4, requires_grad=True))


def test_a_mask_that_becomes_weights_may_not_want_a_gradient():
    ours = layergen.derive(masked, (normal(3), torch.tensor([1, 0, 2]), 2.0)).function

    with pytest.raises(ValueError, match="no gradient for mask, scale"):
        ours(normal(3), normal(3).requires_grad_(), 2.0)


def summed(x, y, z):
    return (x + y).sum(-1) * z.sum(-1)


def test_sizes_of_one_are_tried_beside_several_tensors():
    x, y, z = normal(3, 1), normal(3, 4), normal(3, 4)
    ours = layergen.derive(summed, (y, y, z)).function

    with pytest.raises(ValueError, match="has its gradient for the shapes"):
        ours(x, y, z)


def widened(x, weight):
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True))).to(x.dtype) * weight


def test_what_may_be_its_own_source_has_no_way_back():
    inputs = normal(3, 4).float(), normal(4).float()
    ours = layergen.derive(widened, inputs).function

    torch.testing.assert_close(answer(ours, inputs), answer(widened, inputs))


def test_one_that_calls_a_derived_function_compiles():
    ours = layergen.derive(masked, (normal(3), normal(3), 2.0)).function
    compiled = torch.compile(lambda x, y: ours(x, y, 3.0).sum(), backend="aot_eager")

    torch.testing.assert_close(
        compiled(normal(3), normal(3)), masked(normal(3), normal(3), 3.0).sum()
    )


def test_one_tensor_is_no_tuple_of_inputs():
    with pytest.raises(BadRequest, match="Give a tuple"):
        layergen.derive(torch.sin, normal(3, 4))


def answer(function, inputs):
    """Take the output, and the gradients of its sum."""
    given = [e.clone().requires_grad_() if isinstance(e, Tensor) else e for e in inputs]
    output = function(*given)
    leaves = [each for each in given if isinstance(each, Tensor)]
    return [output, *torch.autograd.grad(output.sum(), leaves)]
