"""What a gradient can reach: what depends on a wanted input in a differentiable way."""

import torch

from layergen.autodiff.operations import Operation
from layergen.autodiff.reverse import live_entries
from layergen.autodiff.tape import Tape
from layergen.ir.graph import Kind, Syntax, Value

VECTOR = torch.zeros(4)


class Steps:
    """A tape of operations that never ran."""

    def __init__(self):
        self.tape = Tape()
        self.x = self.tape.leaf(Kind.ARGUMENT, "x", VECTOR)

    def call(self, op, result=VECTOR, **fields):
        operation = Operation(op, op, Syntax.FUNCTION)
        last = Value(len(self.tape.entries) - 1)
        entry = self.tape.add(Kind.CALL, operation, (last,), {}, result)
        for name, value in fields.items():
            setattr(entry, name, value)
        return self

    @property
    def live(self):
        return sorted(live_entries(self.tape.entries, [self.x]))


def test_what_depends_on_a_wanted_input_is_alive():
    assert Steps().call("sin").call("exp").live == [0, 1, 2]


def test_behind_what_passes_no_gradient_nothing_is_alive():
    assert Steps().call("sin").call("detach").call("exp").live == [0, 1]
    assert Steps().call("sin").call("exp", constant=True).call("exp").live == [0, 1]
    assert Steps().call("argsort", torch.tensor([1])).call("exp").live == [0]


def test_of_several_results_one_that_floats_is_enough():
    assert Steps().call("max", (VECTOR, torch.tensor([1]))).live == [0, 1]
    assert Steps().call("f", (torch.tensor([1]), torch.tensor([1]))).live == [0]
