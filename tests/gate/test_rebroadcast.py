"""Other broadcasts of example inputs, as far as the forward takes them."""

import torch

from layergen.gate.rebroadcast import MOST, rebroadcast
from layergen.gate.redraw import shapes_of
from tests.gate.claims import random


def shapes(args, forward):
    return [shapes_of(each) for each in rebroadcast(args, forward)]


def test_ranks_and_sizes_of_1_are_tried():
    found = shapes((random(3, 5), random(5)), torch.add)

    assert ((2, 3, 5), (5,)) in found
    assert ((5,), (5,)) in found
    assert ((3, 1), (5,)) in found
    assert ((3, 5), (1,)) in found
    assert ((3, 5), ()) in found


def same_shapes(x, y):
    if x.shape != y.shape:
        raise ValueError("shapes differ")
    return x * y


def test_all_inputs_change_their_rank_together():
    found = shapes((random(3, 5), random(3, 5)), same_shapes)

    assert ((2, 3, 5), (2, 3, 5)) in found


def test_what_the_forward_does_not_take_is_left_out():
    found = shapes((random(3, 5), random(5, 7)), torch.mm)

    assert found == [((1, 5), (5, 7)), ((3, 5), (5, 1))]


def test_there_are_not_too_many():
    args = tuple(random(2, 3, 4, 5, 6) for _ in range(3))

    assert len(shapes(args, lambda x, y, z: x * y * z)) == MOST
