"""Calls with spellings of their own, derived: what is printed runs, and is what torch gives."""

import pytest
import torch
import torch.nn.functional as F

from layergen.errors import CannotDerive
from tests.autodiff.ungated import ungated


def values(*sizes, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(sizes, dtype=torch.float64, generator=generator) + 0.5


def answers(function, inputs):
    """Call under a seed, and differentiate."""
    leaves = [each.detach().clone() for each in inputs]
    leaves = [each.requires_grad_(each.is_floating_point()) for each in leaves]
    torch.manual_seed(0)
    results = function(*leaves)
    results = [results] if isinstance(results, torch.Tensor) else list(results)
    wanted = [each for each in leaves if each.requires_grad]
    total = sum(each.square().sum() for each in results if each.requires_grad)
    return results, torch.autograd.grad(total, wanted, allow_unused=True)


LENGTHS = torch.tensor([2, 3])
START = torch.tensor(-2)

CASES = {
    "sum over all, kept": (lambda x: x.sum(dim=None, keepdim=True) * x, values(3, 4)),
    "an axis": (
        lambda x, n: torch.segment_reduce(x, "sum", lengths=n, axis=0),
        values(5, 3),
        LENGTHS,
    ),
    "a reflected remainder": (
        lambda x, y: x.__rmod__(5 * y),
        values(4),
        values(4, seed=1),
    ),
    "an argument that must be None": (
        lambda x: torch.ops.aten._upsample_bilinear2d_aa.vec(
            x, output_size=None, align_corners=False, scale_factors=[2.0, 2.0]
        ),
        values(2, 3, 4, 5),
    ),
    "an operator by its path": (
        lambda g, x: torch.ops.aten.native_dropout_backward(g, x > 1, 2.0),
        values(3, 4),
        values(3, 4, seed=1),
    ),
    "its own arguments": (lambda x: torch.ops.aten.elu(x, 0.5, 2.0, 3.0), -values(4)),
    "combinations": (lambda x: torch.combinations(x * 2, 3, True), values(4)),
    "no combinations": (lambda x: torch.combinations(x[:1]).sum() + x, values(4)),
    "a start of its own": (lambda x, at: x.narrow(0, at, 2), values(5, 3), START),
    "complex eigenvalues": (lambda x: torch.linalg.eig(x)[0].abs(), values(3, 3)),
    "slices": (lambda x: torch.linalg.lu(x)[2] * 2, values(5, 3)),
    "how many are not 0": (lambda x: torch.linalg.norm(x, 0) + x, values(4)),
    "a dropout that drops nothing": (lambda x: F.dropout(x, 0.5, False), values(4)),
    "noise of one's own": (
        lambda x: x * F.dropout(torch.ones_like(x), 0.3),
        values(3, 4),
    ),
    "alpha dropout": (lambda x: F.alpha_dropout(x, 0.3, True), values(3, 4)),
    "alpha dropout of all": (lambda x: F.alpha_dropout(x, 1.0, True), values(3, 4)),
    "alpha dropout of channels": (
        lambda x: F.feature_alpha_dropout(x, 0.3, True),
        values(4, 5, 3),
    ),
    "a distance": (
        lambda a, p, n: F.triplet_margin_with_distance_loss(
            a, p, n, distance_function=lambda x, y: (x - y).abs().sum(-1), swap=True
        ),
        values(3, 4),
        values(3, 4, seed=1),
        values(3, 4, seed=2),
    ),
    "batch norm without its statistics": (
        lambda x: torch._native_batch_norm_legit(x, None, None, True, 0.1, 1e-5),
        values(4, 3, 2),
    ),
    "a Gaussian, with variances below the limit": (
        lambda x, y, v: F.gaussian_nll_loss(x, y, v, full=True, eps=0.9),
        values(3, 4),
        values(3, 4, seed=1),
        values(3, seed=2),
    ),
    "a logit between limits": (lambda x: torch.logit(x - 0.5, 0.2), values(3, 4)),
    "a view of more dimensions": (
        lambda x, y: x.view_as(y) * 2,
        values(25, 5),
        values(5, 5, 5),
    ),
    "layer norm with its statistics": (
        lambda x, w: torch.native_layer_norm(x, [3, 4], w, None, 1e-5),
        values(2, 3, 4),
        values(3, 4, seed=1),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_derived_is_what_torch_gives(case):
    function, *inputs = case

    found = ungated(function, inputs)

    torch.testing.assert_close(
        answers(found.function, inputs), answers(function, inputs)
    )


def test_noise_that_stands_alone_is_drawn_as_it_is_written():
    function, x = CASES["noise of one's own"]

    source = ungated(function, [x]).source

    assert source.count("torch.ones_like(") == 1


def test_what_looks_at_values_on_the_way_back_is_said_to_do_so():
    with pytest.raises(CannotDerive) as error:
        ungated(lambda x, n: x.tensor_split(n)[0], [values(4), torch.tensor(2)])

    assert error.value.reason == "data-dependent-branch"


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    "norm", [torch.native_batch_norm, torch._native_batch_norm_legit]
)
def test_a_norm_updates_its_statistics_once(norm, training):
    def function(x, mean, var):
        return norm(x, None, None, mean, var, training, 0.1, 1e-5)

    inputs = [values(4, 3, 2), values(3, seed=1), values(3, seed=2)]
    own, torchs = ([each.clone() for each in inputs[1:]] for _ in range(2))

    derived = ungated(function, inputs).function
    x = inputs[0].clone().requires_grad_()
    found = derived(x, *own)
    found[0].square().sum().backward()

    torch.testing.assert_close(list(found), list(function(inputs[0], *torchs)))
    torch.testing.assert_close(own, torchs)
