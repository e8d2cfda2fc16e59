"""The list of operations while it grows."""

import pytest
import torch

from layergen.autodiff.operations import Operation
from layergen.autodiff.tape import ShapeRef, Tape, leaves, mapped
from layergen.ir.graph import Kind, Phase, Syntax, Value
from tests.autodiff.taped import recorded

SIN = Operation("sin", "torch.sin", Syntax.FUNCTION)
CHUNK = Operation("chunk", "torch.chunk", Syntax.FUNCTION)


def with_x():
    tape = Tape()
    tape.leaf(Kind.ARGUMENT, "x", torch.zeros(2))
    return tape


@pytest.mark.parametrize(
    "found",
    [
        1,
        "mean",
        None,
        (1, [2, (3,)]),
        {"dim": (1, 2)},
        slice(1, None, 2),
        (slice(0, 1), ..., None),
    ],
)
def test_mapping_nothing_changes_nothing(found):
    made = mapped(lambda leaf: leaf, found)

    assert made == found
    assert type(made) is type(found)


def test_every_leaf_is_mapped():
    found = (1, [2, (3,)], {"dim": 4}, slice(5, 6, 7))

    made = mapped(lambda leaf: -leaf, found)

    assert made == (-1, [-2, (-3,)], {"dim": -4}, slice(-5, -6, -7))


def test_a_shape_is_a_tuple_unless_it_knows_whose_it_is():
    shape = ShapeRef((2, 3))
    shape.of = Value(0)

    assert mapped(lambda leaf: leaf, torch.Size((2, 3))) == (2, 3)
    assert mapped(lambda leaf: leaf, (shape,))[0] is shape


def test_a_shape_that_knows_whose_it_is_counts_elements():
    assert ShapeRef((2, 3, 4)).numel() == 24


def test_leaves_of_a_kind_are_listed_in_order():
    assert leaves((Value(2), [1, Value(0)], {"w": Value(1)}), Value) == [
        Value(2),
        Value(0),
        Value(1),
    ]


def test_an_entry_is_found_by_its_tensor():
    tape = with_x()

    assert tape.find(tape[0].result) is tape[0]
    assert tape.find(torch.zeros(2)) is None


def test_a_tensor_may_come_to_stand_for_another_entry():
    tape = with_x()
    entry = tape.add(Kind.CALL, SIN, (Value(0),), {}, torch.ones(2))

    tape.bind(tape[0].result, entry)

    assert tape.find(tape[0].result) is entry


def test_an_entry_is_not_found_by_a_tensor_that_came_later():
    """The id of a tensor that is gone is given again."""
    tape = with_x()
    for _ in range(50):
        tape.bind(torch.ones(2), tape[0])

    assert all(tape.find(torch.ones(2)) is None for _ in range(50))


def test_an_entry_belongs_to_the_phase_in_which_it_was_added():
    tape = with_x()
    tape.phase = Phase.BACKWARD
    entry = tape.add(Kind.CALL, SIN, (Value(0),), {}, torch.ones(2))

    assert tape[0].phase is Phase.FORWARD
    assert entry.phase is Phase.BACKWARD


def test_a_leaf_bears_its_name():
    assert with_x()[0].hint == "x"


def test_operands_are_all_tensors_that_an_entry_takes():
    tape = with_x()
    args = ([Value(0), Value(0)], 1)
    entry = tape.add(Kind.CALL, SIN, args, {"w": Value(0)}, torch.ones(2))

    assert entry.operands == [0, 0, 0]


def chunked():
    tape = with_x()
    halves = torch.zeros(1), torch.ones(1)
    return tape, tape.add(Kind.CALL, CHUNK, (Value(0), 2), {}, halves)


def test_each_of_several_results_is_an_entry():
    tape, entry = chunked()

    [(_, first), (at, second)] = tape.parts(entry)

    assert (first.kind, at) == (Kind.PART, 1)
    assert second.args == (Value(entry.index), 1)
    assert tape.find(entry.result[1]) is second


def test_the_results_are_the_same_entries_when_asked_again():
    tape, entry = chunked()

    assert list(tape.parts(entry)) == list(tape.parts(entry))


def test_the_results_of_a_constant_are_constants_of_its_phase():
    tape, entry = chunked()
    entry.constant = True
    tape.phase = Phase.BACKWARD

    for _, part in tape.parts(entry):
        assert part.constant
        assert part.phase is Phase.FORWARD


def test_what_is_no_tensor_among_several_results_is_no_entry():
    tape = with_x()
    entry = tape.add(Kind.CALL, CHUNK, (Value(0),), {}, (torch.ones(1), None))

    assert [at for at, _ in tape.parts(entry)] == [0]


def test_live_arguments_are_tensors_again():
    tape = with_x()

    x, (again, two) = tape.live((Value(0), [Value(0), 2]))

    assert x is again is tape[0].result
    assert two == 2


def test_what_is_computed_twice_is_one_entry():
    _, entry = recorded(lambda x: x.sin() * x.sin(), x=torch.zeros(2))

    assert entry.operands[0] == entry.operands[1]


def test_what_a_call_says_otherwise_is_another_entry():
    _, entry = recorded(lambda x: x.sum(0) * x.sum(1), x=torch.zeros(2, 2))

    assert entry.operands[0] != entry.operands[1]
