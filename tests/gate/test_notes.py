"""What the gate can't judge, because the forward itself has no answer, is said."""

import pytest
import torch
import torch.nn.functional as F

from layergen.gate.derivation import verify
from layergen.gate.samples import samples_from
from tests.gate.claims import claim_of, random


def notes_on(forward, *args):
    return verify(claim_of(forward, forward, *args))


def written_out_softplus(x):
    return torch.log(1 + torch.exp(x))


def written_out_sigmoid(x):
    return 1 / (1 + (-x).exp()) * x.exp() / x.exp()


def written_out_softmax(x):
    powers = x.exp()
    return powers / powers.sum(-1, keepdim=True)


def written_out_logsigmoid(x):
    return torch.sigmoid(x).log()


def written_out_norm(x):
    return x.square().sum(-1).sqrt()


@pytest.mark.parametrize(
    ("forward", "stable", "where"),
    [
        (written_out_softplus, "torch.nn.functional.softplus", "at 10000 times"),
        (written_out_sigmoid, "torch.sigmoid", "at 10000 times"),
        (written_out_softmax, "torch.softmax", "at 10000 times"),
        (written_out_logsigmoid, "torch.nn.functional.logsigmoid", "at 10000 times"),
        (written_out_norm, "torch.linalg.vector_norm", "at 0"),
    ],
)
def test_the_stable_function_is_named(forward, stable, where):
    [note] = notes_on(forward, random(3, 5))

    assert note.startswith(
        f"{forward.__name__}: the forward's own gradient is not finite"
    )
    assert where in note
    assert note.endswith(f"{stable} would be finite.")


@pytest.mark.parametrize("forward", [F.softplus, torch.tanh, F.logsigmoid])
def test_a_stable_forward_has_no_note(forward):
    def plain(x):
        return forward(x)

    assert notes_on(plain, random(3, 5)) == ()


def test_an_infinite_gradient_without_a_stable_twin_is_said():
    def root(x):
        return x.sqrt()

    [note] = notes_on(root, random(3, 5).abs() + 0.1)

    assert "not finite at 0" in note
    assert "would be finite" not in note


def test_a_gradient_that_is_no_derivative_is_said():
    def straight_through(x):
        return x + (x.round() - x).detach()

    [note] = notes_on(straight_through, random(3, 5))

    assert "is not its derivative" in note


def test_single_precision_inside_is_said_and_compared_less_closely():
    def through_float32(x):
        return (x.float().exp() + 1).log().to(x.dtype)

    def nearly(x):
        return through_float32(x) * (1 + 3e-7)  # more than float64 forgives

    x = random(3, 5).clamp(-1, 1)
    notes = verify(claim_of(through_float32, nearly, x))

    assert any("is not its derivative" in note for note in notes)


def test_a_dtype_that_the_forward_lacks_is_said():
    def inverse(x):
        return torch.linalg.inv(x)

    notes = notes_on(inverse, random(3, 3) + 3 * torch.eye(3, dtype=torch.float64))

    assert any("not tried in bfloat16" in note for note in notes)


def test_a_forward_that_is_bound_to_the_cpu_is_said():
    def bound(x):
        return x * torch.ones(x.shape[-1], dtype=x.dtype, device="cpu")

    notes = notes_on(bound, random(3, 5))

    assert any("not tried on another device" in note for note in notes)


def test_a_forward_for_contiguous_inputs_is_said():
    def viewed(x):
        return x.view(-1).exp()

    notes = notes_on(viewed, random(3, 5))

    assert any("fails at x (3, 3), with transposed inputs" in note for note in notes)


def test_the_samples_are_no_leaves_of_a_graph():
    x = random(3, 5).requires_grad_()

    for sample in samples_from((x,), torch.exp, ("x",)):
        assert not sample.args[0].requires_grad
