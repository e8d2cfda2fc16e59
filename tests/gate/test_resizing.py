"""Other sizes for example inputs: what is free changes, and only that."""

import math

import torch
import torch.nn.functional as F

from layergen.gate.redraw import shapes_of
from layergen.gate.resizing import resized, shrunk
from tests.gate.claims import random


def shapes(args, forward):
    return [shapes_of(each) for each in resized(args, forward)]


def attention(q, k, v):
    return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ v


def heads(x, weight, count):
    return (x @ weight).unflatten(-1, (count, -1)).softmax(-1).flatten(-2)


def seen_as(x, weight):
    return x.unflatten(-1, weight.shape) * weight


def gates(x, cell):
    one, two = x.chunk(2, -1)
    return one * cell + two


def test_every_size_changes_and_no_two_are_the_same():
    [other] = shapes((random(2, 3, 5), random(2, 4, 5), random(2, 4, 7)), attention)

    [q, k, v] = other
    new = {*q, *k, *v}
    assert (q[0], q[2], k[1]) == (k[0], k[2], v[1])
    assert len(new) == 5
    assert not new & {2, 3, 4, 5, 7}
    assert min(new) >= 2


def test_sizes_that_are_equal_by_accident_are_told_apart():
    tied, parted = shapes((random(4, 4), random(4, 4)), torch.matmul)

    assert len({*tied[0], *tied[1]}) == 1
    assert parted[0][1] == parted[1][0]
    assert len({*parted[0], *parted[1]}) == 3


def test_sizes_that_must_be_equal_stay_so():
    [other] = shapes((random(3, 5), random(3, 5)), torch.mul)

    assert other[0] == other[1]


def test_a_size_that_an_integer_divides_keeps_its_divisor():
    for x, weight, _ in shapes((random(3, 6), random(6, 6), 3), heads):
        assert weight[1] % 3 == 0
        assert x[0] != 3


def test_a_fixed_size_stays_and_the_others_change():
    [other] = shapes((random(2, 12),), lambda x: x.unflatten(-1, (3, 4)).softmax(-1))

    assert other[0][0] != 2
    assert other[0][1] == 12


def test_sizes_that_change_only_together_do():
    for x, weight in shapes((random(2, 12), random(3, 4)), seen_as):
        assert x[1] == weight[0] * weight[1]
        assert weight != (3, 4)


def test_what_would_only_run_by_a_broadcast_does_not_count():
    for x, cell in shapes((random(3, 8), random(3, 4)), gates):
        assert x[1] == 2 * cell[1]
        assert cell[1] > 1


def test_indices_stay_inside_their_table():
    args = (torch.tensor([[0, 9, 3], [1, 0, 2]]), random(10, 5))

    for index, table in resized(args, F.embedding):
        assert index.shape != (2, 3)
        assert int(index.max()) < table.shape[0]


def test_positive_numbers_stay_positive_and_masks_masks():
    args = (random(3, 5).abs(), (random(3, 5) > 0).double())

    [(x, mask)] = resized(args, torch.mul)

    assert bool((x > 0).all())
    assert set(mask.unique().tolist()) <= {0.0, 1.0}


def test_a_size_of_1_stays():
    for x, row in shapes((random(3, 5), random(1, 5)), torch.mul):
        assert row == (1, x[1])


def test_a_forward_for_one_shape_gets_none():
    def only(x):
        if x.shape != (3, 5):
            raise ValueError
        return x

    assert resized((random(3, 5),), only) == ()


def test_large_examples_shrink():
    args = (random(64, 300), random(300, 200))

    small = shrunk(args, torch.matmul, 100)

    assert shapes_of(small) == ((3, 3), (3, 3))
    assert sum(each.numel() for each in resized(args, torch.matmul)[0]) < 100


def test_more_dimensions_shrink_further():
    assert shapes_of(shrunk((random(5, 5, 5, 5),), torch.exp, 20)) == ((2, 2, 2, 2),)
