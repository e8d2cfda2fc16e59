"""Each way of being wrong is caught, and by the check that is for it."""

from dataclasses import replace

import pytest
import torch

from layergen.autodiff.refusal import Reason
from layergen.errors import CannotDerive, Place
from layergen.gate import gradchecks, second_order, transforms
from layergen.gate.derivation import verify
from tests.gate import faults, functions
from tests.gate.claims import claim_of, random


def swish_with(backward):
    made = functions.with_backward(functions.swish, backward)
    return claim_of(functions.swish, made, random(3, 5), 1.5)


def unary_with(plain, backward, *shape):
    made = functions.with_backward(plain, backward)
    return claim_of(plain, made, random(*shape))


def binary_with(plain, backward, *shapes, guarded=True):
    made = functions.with_backward(plain, backward, guarded=guarded)
    inputs = [random(*shape, seed=at) for at, shape in enumerate(shapes)]
    return claim_of(plain, made, *inputs)


def flat_norm():
    return claim_of(
        functions.norm,
        lambda x: functions.StaleNormFunction.apply(x)[0],
        random(3, 5),
    )


FAULTS = {
    "a flipped sign": (
        lambda: swish_with(faults.flipped_sign),
        Reason.FAILED_GRADIENTS,
        "the gradient of x is",
    ),
    "a dropped term": (
        lambda: swish_with(faults.dropped_term),
        Reason.FAILED_GRADIENTS,
        "the gradient of x is",
    ),
    "a dropped sum_to_size": (
        lambda: binary_with(functions.add_bias, faults.unsummed_bias, (3, 5), (5,)),
        Reason.FAILED_GRADIENTS,
        "the gradient of bias is of shape (3, 5), where the argument has (5,)",
    ),
    "a forward of its own": (
        lambda: claim_of(
            functions.swish,
            functions.with_backward(faults.shifted_forward, functions.swish_backward),
            random(3, 5),
            1.5,
        ),
        Reason.FAILED_VALUES,
        "the output is",
    ),
    "an intermediate that is kept as a constant": (
        flat_norm,
        Reason.FAILED_SECOND_ORDER,
        "the second derivative by x is",
    ),
    "a burnt-in dtype": (
        lambda: swish_with(faults.burnt_in_dtype),
        Reason.FAILED_DTYPES,
        "the gradient of x is in torch.float64",
    ),
    "a loss of digits in float32": (
        lambda: swish_with(faults.coarse_in_float32),
        Reason.FAILED_DTYPES,
        "in torch.float32: the gradient of x is",
    ),
    "a complex gradient that is naive at 0": (
        lambda: claim_of(
            faults.angle,
            functions.with_backward(faults.angle, faults.naive_angle),
            torch.complex(random(3, 5), random(3, 5, seed=1)),
        ),
        Reason.FAILED_EDGES,
        "at 0: the gradient of x is (nan+nanj)",
    ),
    "a burnt-in device": (
        lambda: swish_with(faults.burnt_in_device),
        Reason.FAILED_DEVICE,
        "on the meta device",
    ),
    "a burnt-in size": (
        lambda: unary_with(faults.scaled, faults.burnt_in_size, 3, 4),
        Reason.FAILED_SIZES,
        "at x (5, 7)",
    ),
    "a burnt-in scalar": (
        lambda: swish_with(faults.burnt_in_scalar),
        Reason.FAILED_SCALARS,
        "beta 1.125",
    ),
    "relu's gradient 1 at 0": (
        lambda: unary_with(functions.relu, faults.relu_of_one_at_zero, 3, 5),
        Reason.FAILED_EDGES,
        ", at 0: the gradient of x is",
    ),
    "a sigmoid that overflows": (
        lambda: unary_with(faults.sigmoid, faults.naive_sigmoid, 3, 5),
        Reason.FAILED_EDGES,
        "at 10000 times the inputs: the gradient of x is nan",
    ),
    "a softplus that overflows": (
        lambda: unary_with(faults.softplus, faults.naive_softplus, 3, 5),
        Reason.FAILED_EDGES,
        "at 10000 times the inputs: the gradient of x is nan",
    ),
    "another choice at ties": (
        lambda: binary_with(
            faults.larger, faults.all_to_the_first_at_ties, (3, 5), (3, 5)
        ),
        Reason.FAILED_EDGES,
        "the gradient of x is",
    ),
    "a gradient that was not found": (
        lambda: claim_of(
            functions.product,
            functions.with_backward(functions.product, faults.first_alone),
            random(3, 5),
            random(3, 5, seed=1),
            differentiable=[0],
            silent=(1,),
        ),
        Reason.FAILED_GRADIENTS,
        "y has no gradient, and the forward's is not 0",
    ),
    "a gradient that nobody asked for": (
        lambda: binary_with(
            functions.product,
            faults.ignores_what_is_wanted,
            (3, 5),
            (3, 5),
            guarded=False,
        ),
        Reason.FAILED_SUBSET,
        "with a gradient of x alone: the gradient of y is computed",
    ),
    "another gradient when one is wanted": (
        lambda: binary_with(
            functions.product, faults.takes_the_other_when_alone, (3, 5), (3, 5)
        ),
        Reason.FAILED_SUBSET,
        "with a gradient of y alone: the gradient of y is",
    ),
    "contiguous inputs only": (
        lambda: swish_with(faults.contiguous_inputs_only),
        Reason.FAILED_STRIDES,
        "with transposed inputs: RuntimeError: view size is not compatible",
    ),
    "contiguous cotangents only": (
        lambda: swish_with(faults.contiguous_cotangents_only),
        Reason.FAILED_STRIDES,
        "cotangent: RuntimeError: view size is not compatible",
    ),
    "dense cotangents only": (
        lambda: swish_with(faults.dense_cotangents_only),
        Reason.FAILED_STRIDES,
        "with one number expanded as cotangent: the gradient of x is",
    ),
    "a cotangent that is written to": (
        lambda: swish_with(faults.writes_into_the_cotangent),
        Reason.FAILED_GRADIENTS,
        "backward changes the cotangent in place",
    ),
    "an input that is written to": (
        lambda: claim_of(faults.square, faults.OverwritingFunction.apply, random(3, 5)),
        Reason.FAILED_VALUES,
        "x is changed in place",
    ),
    "another rank": (
        lambda: unary_with(faults.average, faults.right_for_matrices, 3, 5),
        Reason.FAILED_BROADCAST,
        "at x (2, ",
    ),
    "another random mask": (
        lambda: claim_of(
            functions.dropout,
            lambda *args: faults.RedrawnDropoutFunction.apply(*args)[0],
            random(3, 5),
            0.4,
        ),
        Reason.FAILED_GRADIENTS,
        "the gradient of x is",
    ),
    "an output that seems to have a gradient": (
        lambda: claim_of(
            faults.best_and_place, faults.UnmarkedBestFunction.apply, random(3, 5)
        ),
        Reason.FAILED_GRADIENTS,
        "output 1 has a gradient, unlike the forward's",
    ),
    "a cotangent that is absent": (
        lambda: claim_of(
            faults.sine_and_cosine, faults.PairFunction.apply, random(3, 5)
        ),
        Reason.FAILED_RUN,
        "for output 0 alone: TypeError",
    ),
    "no vmap": (
        lambda: claim_of(faults.square, faults.UnbatchedFunction.apply, random(3, 5)),
        Reason.FAILED_VMAP,
        "vmap of grad over all tensors: RuntimeError",
    ),
    "a second derivative that torch.func takes for zero": (
        lambda: claim_of(
            functions.cube, functions.OnceCubeFunction.apply, random(3, 5), twice=False
        ),
        Reason.FAILED_SECOND_ORDER,
        "by jacrev of jacrev, an entry is",
    ),
    "a second derivative that is missing": (
        lambda: claim_of(functions.cube, functions.CubeFunction.apply, random(3, 5)),
        Reason.FAILED_SECOND_ORDER,
        "a cube is differentiated once",
    ),
    "a silent zero in forward mode": (
        lambda: claim_of(faults.square, faults.SilentJvpFunction.apply, random(3, 5)),
        Reason.FAILED_GRADIENTS,
        "forward mode, which gives 0",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught_by_its_check(name):
    make, reason, words = FAULTS[name]
    claim = make()

    with pytest.raises(CannotDerive) as caught:
        verify(claim)

    assert caught.value.reason == reason.spelled, caught.value
    assert words in caught.value.what


def test_a_refusal_names_the_function_the_sizes_and_the_place():
    place = Place("forwards.py", 3)
    claim = replace(swish_with(faults.flipped_sign), place=place)

    with pytest.raises(CannotDerive) as caught:
        verify(claim)

    assert "swish at x (3, 5), beta 1.5: the gradient of x" in caught.value.what
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (lambda: swish_with(faults.flipped_sign), Reason.FAILED_GRADIENTS),
        (flat_norm, Reason.FAILED_SECOND_ORDER),
    ],
)
def test_differences_catch_it_alone(claim, reason):
    with pytest.raises(CannotDerive, match="gradcheck: Jacobian mismatch") as caught:
        gradchecks.check(claim())

    assert caught.value.reason == reason.spelled


def test_jacrev_of_jacrev_catches_it_alone():
    with pytest.raises(CannotDerive, match="jacrev of jacrev, an entry is"):
        transforms.check(flat_norm())


def test_a_wrong_second_derivative_is_caught_where_none_is_promised():
    claim = replace(flat_norm(), twice=False)

    with pytest.raises(CannotDerive, match="the second derivative by x"):
        second_order.check(claim)


def test_a_forward_that_differs_from_itself_is_refused():
    count = iter(range(10**6))

    def restless(x):
        return x * next(count)

    with pytest.raises(CannotDerive) as caught:
        verify(claim_of(restless, restless, random(3, 5)))

    assert caught.value.reason == Reason.NOT_DETERMINISTIC.spelled
