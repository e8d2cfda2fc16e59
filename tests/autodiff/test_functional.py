"""The arguments of what is derived: named after the user's, each by a name of its own."""

import pytest
import torch
from torch import Tensor, nn

import layergen
from layergen.autodiff.functional import subject_of


class Twice(nn.Module):
    """Two parameters whose paths are spelled alike, and one named like the context."""

    def __init__(self) -> None:
        super().__init__()
        self.ctx = nn.Parameter(torch.tensor([2.0, 3.0]))
        self.gate_weight = nn.Parameter(torch.tensor([[5.0, 7.0]]))
        self.gate = nn.Linear(2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.gate(x * self.ctx) * (x @ self.gate_weight.mT)


def test_tensors_of_a_module_have_a_name_each():
    subject = subject_of(Twice(), (torch.randn(3, 2),), None)

    assert subject.names == ("x", "ctx_", "gate_weight", "gate_weight_")


def test_a_module_whose_names_clash_is_derived_right():
    module = Twice()
    x = torch.randn(3, 2)
    ours = layergen.derive(module, (x,)).function

    found = ours(x, *module.parameters())

    torch.testing.assert_close(found, module(x))
    parameters = list(module.parameters())
    torch.testing.assert_close(
        torch.autograd.grad(found.sum(), parameters),
        torch.autograd.grad(module(x).sum(), parameters),
    )


def test_an_argument_named_like_the_context_is_refused():
    def named(ctx):
        return ctx.sin()

    with pytest.raises(layergen.BadRequest, match="'ctx' clashes"):
        layergen.derive(named, (torch.randn(3),))
