"""What is right passes every check, and quietly."""

from dataclasses import replace
from importlib import import_module

import pytest
import torch
import torch.nn.functional as F

from layergen.gate.claim import Claim, Sample, shown
from layergen.gate.derivation import verify
from tests.autodiff.zoo import LAYERS, OTHER_SIZES
from tests.gate import functions as fn
from tests.gate.claims import claim_of, random

INDEX = torch.tensor([[0, 3, 3], [1, 0, 2]])
RIGHT = {
    "a scalar by name": lambda: claim_of(
        fn.swish, fn.with_backward(fn.swish, fn.swish_backward), random(3, 5), 1.5
    ),
    "relu": lambda: claim_of(
        fn.relu, fn.with_backward(fn.relu, fn.relu_backward), random(3, 5)
    ),
    "a broadcast": lambda: claim_of(
        fn.add_bias,
        fn.with_backward(fn.add_bias, fn.add_bias_backward),
        random(3, 5),
        random(5),
    ),
    "tensors without dimensions": lambda: claim_of(
        fn.product,
        fn.with_backward(fn.product, fn.product_backward),
        random(),
        random(),
    ),
    "an input that is there": lambda: claim_of(
        fn.masked,
        fn.with_backward(fn.masked, fn.masked_backward),
        random(3, 5),
        random(3, 5),
        differentiable=(0,),
    ),
    "an input that no gradient reaches": lambda: claim_of(
        fn.signed,
        fn.with_backward(fn.signed, fn.signed_backward),
        random(3, 5),
        random(3, 5),
        differentiable=(0,),
        silent=(1,),
    ),
    "an input that is None": lambda: claim_of(
        fn.masked, fn.with_backward(fn.masked, fn.masked_backward), random(3, 5), None
    ),
    "indices": lambda: claim_of(
        fn.embedding,
        fn.with_backward(fn.embedding, fn.embedding_backward),
        random(4, 5),
        INDEX,
    ),
    "random numbers": lambda: claim_of(
        fn.dropout, lambda *args: fn.DropoutFunction.apply(*args)[0], random(3, 5), 0.4
    ),
    "an output of indices": lambda: claim_of(
        fn.best, fn.BestFunction.apply, random(3, 5)
    ),
    "a buffer that is updated": lambda: claim_of(
        fn.centre,
        fn.BatchNormFunction.apply,
        random(3, 5),
        random(5),
        differentiable=(0,),
    ),
    "an intermediate that is kept": lambda: claim_of(
        fn.norm, lambda x: fn.NormFunction.apply(x)[0], random(3, 5)
    ),
    "a single derivative, as promised": lambda: claim_of(
        fn.cube, fn.CubeFunction.apply, random(3, 5), twice=False
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name):
    assert verify(RIGHT[name]()) == ()


BY_HAND = (
    "attention",
    "conv_bn_relu",
    "cross_entropy",
    "layer_norm",
    "lstm_cell",
    "swish",
)


@pytest.mark.parametrize("name", BY_HAND)
def test_what_was_written_by_hand_passes(name):
    [layer] = [each for each in LAYERS if each.name == name]
    made = getattr(import_module(f"tests.autodiff.by_hand.{name}"), name)
    claim = claim_of(layer.forward, made, *layer.inputs())
    others = layer.inputs(OTHER_SIZES)
    declared = (claim.samples[0], Sample(others, shown(claim.names, others)))

    assert verify(replace(claim, samples=declared)) == ()


def test_a_second_derivative_that_torch_lacks_is_not_asked_for():
    def margins(x):
        return F.multi_margin_loss(x, torch.tensor([0, 2, 1]))

    x = random(3, 4).requires_grad_()

    with pytest.raises(RuntimeError, match="not implemented"):
        torch.autograd.gradgradcheck(margins, x)
    verify(claim_of(margins, margins, x))


def test_an_empty_sample_is_compared():
    claim = claim_of(
        fn.swish, fn.with_backward(fn.swish, fn.swish_backward), random(3, 5), 1.5
    )
    empty = (random(0, 5), 1.5)
    more = (*claim.samples, Sample(empty, shown(claim.names, empty)))

    assert verify(replace(claim, samples=more)) == ()


def test_the_caller_s_modes_do_not_matter():
    claim = RIGHT["a broadcast"]()

    with torch.inference_mode(), torch.device("meta"):
        assert verify(claim) == ()


def test_it_leaves_no_trace():
    claim = RIGHT["random numbers"]()
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    before = [each.clone() for each in claim.samples[0].args[:1]]

    verify(claim)

    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(claim.samples[0].args[0], before[0])
    assert isinstance(claim, Claim)
