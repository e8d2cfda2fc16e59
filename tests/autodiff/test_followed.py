"""Functions of Python and torch that keep the names of what they give."""

import torch

from layergen.autodiff.followed import limits_followed, sizes_followed
from layergen.ir.graph import Limit
from tests.autodiff.taped import symbolic
from tests.autodiff.ungated import ungated


def expression(size):
    return str(size.node.expr)


def test_the_length_of_a_tensor_is_its_first_size():
    _, [x] = symbolic(x=(3, 5))

    with sizes_followed():
        assert expression(len(x)) == expression(x.shape[0])
        assert len(torch.zeros(4)) == 4
        assert len([x, x, x]) == 3


def test_the_larger_of_two_sizes_is_not_chosen():
    sandbox, [x] = symbolic(x=(3, 5))

    with sizes_followed():
        assert expression(max(x.shape[0], x.shape[1])).startswith("Max")
        assert expression(min(x.shape)).startswith("Min")
        assert max(3, 5) == 5
        assert max([2, 7], key=lambda each: -each) == 2
    assert sandbox.guards == []


def test_both_are_python_s_own_again():
    before = len, max, min

    with sizes_followed():
        pass

    assert (len, max, min) == before


def test_a_limit_of_the_inputs_dtype_has_a_name():
    with limits_followed(torch.float64):
        own, other = torch.finfo(torch.float64), torch.finfo(torch.float32)

    assert own.min.number == Limit("min")
    assert own.min + 0.0 == torch.finfo(torch.float64).min
    assert other.eps == torch.finfo(torch.float32).eps
    assert isinstance(other, torch.finfo)


def masked(x):
    lower = torch.ones_like(x, dtype=torch.bool).tril()
    return x.masked_fill(~lower, torch.finfo(x.dtype).min).softmax(-1)


def test_a_limit_is_that_of_the_dtype_it_runs_in():
    """The least of float64 is none of float32."""
    ours = ungated(lambda x: masked(x) * x.exp(), [torch.randn(3, 3)])

    assert "torch.finfo(x.dtype).min" in ours.source
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        x = torch.randn(4, 4, dtype=dtype)
        torch.testing.assert_close(ours.function(x), masked(x) * x.exp())
