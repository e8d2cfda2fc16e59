"""The order of a backward: what is shared comes first, and nothing before what it needs."""

import pytest

from layergen.emit.schedule import Block, blocks, computed, use_counts
from layergen.ir.graph import ShapeOf, Value
from tests.emit.graphs import (
    BACKWARD,
    X,
    Y,
    Z,
    cotangent,
    gradients,
    graph,
    method,
    operator,
    tensor,
)

BOTH, FIRST, SECOND = (0, 1), (0,), (1,)


def product_of_sums():
    """Derive (x + y) * (x + y).sin() by hand, as far as a schedule goes."""
    return graph(
        tensor("x"),
        tensor("y"),
        cotangent(),
        operator("add", X, Y),  # 3
        method("cos", Value(3), phase=BACKWARD),  # 4: both need it
        operator("mul", Z, Value(4), phase=BACKWARD),  # 5: both
        operator("mul", Value(5), Y, phase=BACKWARD),  # 6: x alone
        method("neg", Value(5), phase=BACKWARD),  # 7: y alone
        method("exp", Value(7), phase=BACKWARD),  # 8: y alone
    )


def scheduled(known, found=None):
    derived = gradients(product_of_sums(), [3], found or {"x": 6, "y": 8})
    return blocks(derived, known)


def test_what_both_gradients_need_comes_before_what_one_needs():
    assert scheduled([0, 1, 2]) == [
        Block(BOTH, (3, 4, 5)),
        Block(FIRST, (6,)),
        Block(SECOND, (7, 8)),
    ]


def test_what_is_at_hand_is_not_computed():
    assert scheduled([0, 1, 2, 3])[0] == Block(BOTH, (4, 5))


def test_what_only_leads_to_what_is_at_hand_is_not_computed():
    assert scheduled([0, 1, 2, 5]) == [Block(FIRST, (6,)), Block(SECOND, (7, 8))]


def test_an_argument_without_a_gradient_owns_nothing():
    assert scheduled([0, 1, 2], {"y": 8}) == [Block(SECOND, (3, 4, 5, 7, 8))]


def test_a_gradient_that_is_shared_belongs_to_both():
    assert scheduled([0, 1, 2], {"x": 5, "y": 5}) == [Block(BOTH, (3, 4, 5))]


def test_a_gradient_at_hand_needs_no_block():
    assert scheduled([0, 1, 2], {"x": 2, "y": 2}) == []


@pytest.mark.parametrize("roots", [[6], [8], [6, 8]])
def test_every_operand_is_computed_before_its_use(roots):
    made = product_of_sums()
    order = computed(made, roots, [0, 1, 2])
    done = {0, 1, 2}
    for at in order:
        assert set(made[at].operands) <= done
        done.add(at)
    assert set(roots) <= done


def test_a_wider_block_comes_first_though_its_nodes_come_later():
    made = graph(
        tensor("x"),
        tensor("y"),
        cotangent(),
        method("neg", Z, phase=BACKWARD),  # 3: x alone
        method("exp", Z, phase=BACKWARD),  # 4: both
        operator("add", Value(3), Value(4), phase=BACKWARD),
        method("cos", Value(4), phase=BACKWARD),
    )

    found = blocks(gradients(made, [2], {"x": 5, "y": 6}), [0, 1, 2])

    assert [each.owners for each in found] == [BOTH, FIRST, SECOND]


def test_a_look_at_a_shape_computes_nothing():
    made = graph(
        tensor("x"), method("neg", X), method("sum_to_size", X, ShapeOf(Value(1)))
    )

    assert computed(made, [2], [0]) == [2]


def test_each_use_counts():
    made = graph(tensor("x"), method("neg", X), operator("mul", Value(1), Value(1)))

    assert use_counts(made, [1, 2], [2, 2]) == {0: 1, 1: 2, 2: 2}
