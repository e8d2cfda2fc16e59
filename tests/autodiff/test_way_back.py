"""What torch's own formulas ask of the sizes: they are one formula for some, another for others."""

import pytest
import torch

from tests.autodiff.ungated import ungated


def upper(x):
    return torch.linalg.lu(x)[2] * 2


def matrix(*sizes):
    generator = torch.Generator().manual_seed(0)
    drawn = torch.rand(sizes, dtype=torch.float64, generator=generator)
    return (drawn + torch.eye(*sizes)).requires_grad_()


def gradient(function, x):
    return torch.autograd.grad(function(x).square().sum(), x)


@pytest.mark.parametrize(
    ("sizes", "others", "beyond"),
    [
        ((4, 4), (3, 3), [(3, 5), (5, 3)]),
        ((3, 5), (2, 6), [(4, 4), (5, 3)]),
        ((5, 3), (6, 2), [(3, 5)]),
    ],
)
def test_a_formula_holds_for_the_sizes_that_it_was_derived_for(sizes, others, beyond):
    derived = ungated(upper, [matrix(*sizes)]).function

    for each in (matrix(*sizes), matrix(*others)):
        torch.testing.assert_close(gradient(derived, each), gradient(upper, each))
    for each in beyond:
        with pytest.raises(ValueError, match=r"has its gradient for x\.shape"):
            derived(matrix(*each))


def test_of_what_is_asked_only_the_strictest_is_checked():
    source = ungated(upper, [matrix(4, 4)]).source
    source = source.replace("has its gradient for real tensors", "")

    assert source.count("has its gradient for") == 1
    assert " and " not in source.partition("has its gradient for")[2].partition("\n")[0]


def masked_variance(x, mask):
    return torch.masked.var(x, 0, unbiased=True, mask=mask > 1)


def test_what_torchs_own_python_asks_is_checked_too():
    """It compares the mask's shape with the other, and they may be equal where a size is 1."""
    mask = torch.tensor([[2], [2], [0], [2]])

    derived = ungated(masked_variance, [matrix(4, 3), mask]).function

    found = gradient(lambda x: derived(x, mask), matrix(4, 5))
    wanted = gradient(lambda x: masked_variance(x, mask), matrix(4, 5))
    torch.testing.assert_close(found, wanted)
    with pytest.raises(ValueError, match=r"has its gradient for x\.shape\[-1\] != 1"):
        derived(matrix(4, 1), mask)
