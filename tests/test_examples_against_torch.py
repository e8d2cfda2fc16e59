"""The bundled examples are what torch's own layers are: values and all gradients, copied weights."""

import importlib

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from layergen.spec import bundled


@pytest.fixture(autouse=True)
def examples_importable(monkeypatch):
    monkeypatch.syspath_prepend(str(bundled.examples()))


def example(name):
    return importlib.import_module(name)


def randn(*shape):
    return torch.randn(shape, dtype=torch.float64).requires_grad_()


def answers(function, args, parameters=()):
    """The output, then the gradients of args and parameters along one fixed cotangent."""
    output = function(*args)
    cotangent = torch.linspace(-1, 1, output.numel()).double().reshape(output.shape)
    wanted = [a for a in args if a is not None and a.requires_grad] + list(parameters)
    return output, *torch.autograd.grad(output, wanted, cotangent)


def assert_same(ours, theirs, *args):
    """Compare two modules whose parameters come in the same order."""
    torch.testing.assert_close(
        answers(ours, args, ours.parameters()),
        answers(theirs, args, theirs.parameters()),
    )


@pytest.mark.parametrize("shape", [(4, 5), (5,), (2, 3, 4, 5), (0, 5)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear(shape, bias):
    ours = example("linear").Linear(5, 7, bias=bias, dtype=torch.float64)
    theirs = nn.Linear(5, 7, bias=bias, dtype=torch.float64)
    ours.load_state_dict(theirs.state_dict())

    assert_same(ours, theirs, randn(*shape))


def test_linear_begins_as_torch_does():
    torch.manual_seed(0)
    theirs = nn.Linear(30, 20)
    torch.manual_seed(0)
    ours = example("linear").Linear(30, 20)

    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)


@pytest.mark.parametrize("shape", [(4, 5), (), (0, 5), (2, 3, 4)])
def test_relu(shape):
    assert_same(example("relu").ReLU(), nn.ReLU(), randn(*shape))


def test_relu_has_no_slope_at_zero():
    x = torch.zeros(3, dtype=torch.float64, requires_grad=True)

    output, grad = answers(example("relu").relu, (x,))

    torch.testing.assert_close((output, grad), answers(F.relu, (x,)))
    assert not grad.any()


@pytest.mark.parametrize("shape", [(4, 5), (5,), (2, 3, 4, 5), (0, 5)])
def test_layer_norm(shape):
    ours = example("layer_norm").LayerNorm(5, dtype=torch.float64)
    theirs = nn.LayerNorm(5, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight.normal_()
        theirs.bias.normal_()
    ours.load_state_dict(theirs.state_dict())

    assert_same(ours, theirs, randn(*shape))


@pytest.mark.parametrize(
    "x", [torch.full((2, 5), 3.0), torch.tensor([[7.0]])], ids=["constant", "lone"]
)
def test_layer_norm_of_a_row_without_variance(x):
    x = x.double().requires_grad_()
    size = x.shape[-1]
    ours = example("layer_norm").LayerNorm(size, dtype=torch.float64)

    assert_same(ours, nn.LayerNorm(size, dtype=torch.float64), x)


def test_layer_norm_refuses_a_weight_of_other_dimensions():
    x, weight = randn(2, 3, 4), randn(3, 4)

    with pytest.raises(ValueError, match="has its gradient for the shapes"):
        example("layer_norm").layer_norm(x, weight)


def nowhere_to_look(mask):
    """Forbid the second query every key."""
    mask = mask.clone()
    mask[1] = -torch.inf if mask.is_floating_point() else False
    return mask


MASKS = {
    "none": lambda: None,
    "bool": lambda: torch.rand(3, 6) > 0.4,
    "float": lambda: torch.randn(3, 6, dtype=torch.float64),
    "bool_row_masked": lambda: nowhere_to_look(torch.rand(3, 6) > 0.4),
    "float_row_masked": lambda: nowhere_to_look(torch.randn(3, 6, dtype=torch.float64)),
}


@pytest.mark.parametrize("mask", MASKS)
def test_attention_core(mask):
    torch.manual_seed(0)
    q, k, v, mask = (
        randn(2, 4, 3, 8),
        randn(2, 4, 6, 8),
        randn(2, 4, 6, 5),
        MASKS[mask](),
    )
    attend = example("self_attention").self_attention

    ours = answers(lambda *args: attend(*args, mask), (q, k, v))

    theirs = answers(
        lambda *args: F.scaled_dot_product_attention(*args, attn_mask=mask), (q, k, v)
    )
    torch.testing.assert_close(ours, theirs)
    assert all(torch.isfinite(each).all() for each in ours)


def test_causal_attention_core():
    args = randn(2, 5, 8), randn(2, 5, 8), randn(2, 5, 8)
    attend = example("self_attention").self_attention

    ours = answers(lambda *args: attend(*args, causal=True), args)

    theirs = answers(
        lambda *args: F.scaled_dot_product_attention(*args, is_causal=True), args
    )
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("masked", [False, True])
def test_multi_head_attention(masked):
    torch.manual_seed(0)
    ours = example("self_attention").SelfAttention(8, num_heads=2, dtype=torch.float64)
    theirs = nn.MultiheadAttention(8, 2, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.in_proj_bias.normal_()
    ours.load_state_dict(
        {
            "project_in.weight": theirs.in_proj_weight,
            "project_in.bias": theirs.in_proj_bias,
            "project_out.weight": theirs.out_proj.weight,
            "project_out.bias": theirs.out_proj.bias,
        }
    )
    x = randn(3, 5, 8)
    mask = torch.randn(5, 5, dtype=torch.float64) if masked else None

    def their_own(x):
        return theirs(x, x, x, attn_mask=mask, need_weights=False)[0]

    torch.testing.assert_close(
        answers(lambda x: ours(x, mask), (x,), ours.parameters()),
        answers(their_own, (x,), theirs.parameters()),
    )


@pytest.mark.parametrize("spatial", [(4,), (4, 5), (2, 3, 4)])
def test_se_block_gates_every_channel_by_all_of_them(spatial):
    block = example("se_block").SEBlock(6, reduction=16, dtype=torch.float64)
    with torch.no_grad():
        block.reduce.bias.fill_(5.0)  # no dead hidden unit, whatever was drawn
    x = randn(2, 6, *spatial)

    output = block(x)

    gate = (output / x).flatten(2)
    torch.testing.assert_close(gate, gate[..., :1].expand_as(gate))
    elsewhere = torch.autograd.grad(gate[0, 0, 0], x)[0][0, 1:]
    assert elsewhere.any(), "the gate does not depend on the other channels"


@pytest.mark.parametrize("size", [(16, 16), (15, 17), (1, 9), (7, 5)])
@pytest.mark.parametrize("depth", [1, 3])
def test_unet_keeps_the_size(size, depth):
    net = example("unet").UNet(2, 3, features=4, depth=depth).eval()

    assert net(torch.randn(2, 2, *size)).shape == (2, 3, *size)


def test_unet_blocks_are_importable():
    from_root = example("unet")

    for block in ("ConvBlock", "DownBlock", "UpBlock"):
        assert issubclass(getattr(from_root, block), nn.Module)
