"""What a backward would compute in vain is left out while it is recorded."""

import pytest
import torch

from layergen.autodiff.named import named
from layergen.autodiff.simplify import same_shape
from layergen.ir.graph import Phase
from tests.autodiff.taped import recorded, recorder_of, shape_of, symbolic


def matrix():
    return torch.arange(6.0, dtype=torch.float64).reshape(2, 3)


SPARED = {
    "mT twice": lambda x: x.mT.mT,
    "t twice": lambda x: x.t().t(),
    "T twice": lambda x: x.T.T,
    "minus minus": lambda x: x.neg().neg(),
    "transpose twice": lambda x: x.transpose(0, 1).transpose(0, 1),
    "mT of transpose": lambda x: x.transpose(-2, -1).mT,
    "transpose of mT": lambda x: x.mT.transpose(-1, -2),
    "mT of t": lambda x: x.t().mT,
    "t of mT": lambda x: x.mT.t(),
    "mT of T": lambda x: x.T.mT,
    "T of t": lambda x: x.t().T,
    "mT of a matrix's transpose": lambda x: x.transpose(0, 1).mT,
    "transposes of a matrix": lambda x: x.transpose(0, 1).transpose(-1, -2),
    "times 1": lambda x: x * 1,
    "times 1.0": lambda x: x * 1.0,
    "over 1": lambda x: x / 1,
    "to its own shape": lambda x: x.reshape(2, 3),
    "expanded to its own shape": lambda x: x.expand(2, 3),
    "summed to its own shape": lambda x: x.sum_to_size(2, 3),
    "conjugate of a real number": lambda x: x.conj(),
}
KEPT = {
    "mT": lambda x: x.mT,
    "minus": lambda x: -x,
    "mT of minus": lambda x: (-x).mT,
    "minus of mT": lambda x: -(x.mT),
    "two other transposes": lambda x: x[None].transpose(0, 1).transpose(1, 2),
    "transpose of another one": lambda x: x[None].transpose(0, 1).transpose(-1, -2),
    "mT of another transpose": lambda x: x[None].transpose(0, 1).mT,
    "times 2": lambda x: x * 2,
    "1 over": lambda x: 1 / x,
    "to the power of 1": lambda x: x**1,
    "to another shape": lambda x: x.reshape(3, 2),
    "to a longer shape": lambda x: x.expand(1, 2, 3),
    "summed to another shape": lambda x: x.sum_to_size(1, 3),
    "times a number called 1": lambda x: x * named(1.0, "alpha"),
    "times true": lambda x: x * True,
    "exp twice": lambda x: x.exp().exp(),
}


@pytest.mark.parametrize("compute", SPARED.values(), ids=SPARED)
def test_what_gives_what_is_there_is_not_computed(compute):
    tape, entry = recorded(compute, x=matrix())

    assert entry is tape[0]
    assert torch.equal(compute(matrix()), matrix())


@pytest.mark.parametrize("compute", KEPT.values(), ids=KEPT)
def test_what_gives_something_else_is_computed(compute):
    tape, entry = recorded(compute, x=matrix())

    assert entry is tape.entries[-1] is not tape[0]
    assert torch.equal(entry.result, compute(matrix()))


def test_a_division_of_integers_by_1_is_one():
    """It gives floating numbers."""
    tape, entry = recorded(lambda x: x / 1, x=torch.arange(3))

    assert entry is not tape[0]


def test_the_conjugate_of_a_complex_number_is_another():
    z = torch.tensor([1 + 2j])

    _, once = recorded(lambda z: z.conj(), z=z)
    tape, twice = recorded(lambda z: z.conj().conj(), z=z)

    assert once.op == "conj"
    assert twice is tape[0]


def test_the_user_s_own_forward_stays_as_it_is():
    tape, entry = recorded(lambda x: x * 1, Phase.FORWARD, x=matrix())

    assert entry is not tape[0]


def test_an_operand_s_own_shape_by_reference_is_nothing_to_bring_it_to():
    recorder = recorder_of(x=matrix())
    x = recorder.tape[0]
    with recorder:
        result = x.result.expand(shape_of(x))

    assert recorder.tape.find(result) is x


def test_symbolic_sizes_are_compared_as_symbols():
    """Two sizes of 2 in the example are not one."""
    _, (x, y, row) = symbolic(x=(2, 3), y=(2, 3), row=(3,))

    assert same_shape(x, x + 1)
    assert not same_shape(x, y)
    assert not same_shape(x, row)
