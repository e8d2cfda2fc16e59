"""Names for computed values: the user's own, else a description, and never a clash."""

import keyword

import pytest

from layergen.emit.names import NOUNS, Names, cotangent_names
from layergen.ir.graph import Kind, Node
from tests.emit.graphs import X, Y, function, method, operator


def value(node, at):
    """Put a node at its place in a graph."""
    return Node(at, Kind.CALL, node.op, node.name, args=node.args, hint=node.hint)


def hinted(hint, at=5):
    return value(method("sin", X, hint=hint), at)


def test_the_user_s_own_name_is_kept():
    assert Names(()).of(hinted("scores")) == "scores"


def test_a_value_has_the_same_name_each_time():
    names = Names(())

    assert names.of(hinted("scores")) == names.of(hinted("scores"))


@pytest.mark.parametrize(
    ("taken", "made"), [(["y"], "y_2"), (["y", "y_2"], "y_3"), (["z"], "y")]
)
def test_a_name_that_is_taken_gets_a_number(taken, made):
    assert Names(taken).of(hinted("y")) == made


def test_two_values_with_one_name_are_told_apart():
    names = Names(())

    assert [names.of(hinted("y", at)) for at in (1, 2, 3)] == ["y", "y_2", "y_3"]


@pytest.mark.parametrize("word", ["lambda", "None", "sum", "input", "print", "max"])
def test_a_keyword_or_a_builtin_is_no_name(word):
    assert Names(()).of(hinted(word)) == f"{word}_"


@pytest.mark.parametrize("word", ["torch", "F", "math", "nn", "ctx", "inputs", "self"])
def test_what_the_file_means_by_a_name_stays(word):
    assert Names(()).of(hinted(word)) == f"{word}_2"


def test_a_kept_value_bears_the_name_that_the_user_s_text_has_for_it():
    names = Names(())
    names.keep(5, "weights")

    assert names.of(hinted("scores", 5)) == "weights"


def test_a_kept_value_bears_another_name_where_the_user_s_is_taken():
    names = Names(("x",))
    names.keep(5, "x")

    assert names.of(hinted("y", 5)) == "x_2"


def test_a_kept_name_is_given_to_nothing_else():
    names = Names(())
    names.keep(5, "scores")

    assert names.of(hinted("scores", 6)) == "scores_2"


@pytest.mark.parametrize(
    ("node", "described"),
    [
        (operator("matmul", X, Y), "product"),
        (operator("mul", X, Y), "product"),
        (function("torch.rsqrt", X), "inverse_root"),
        (function("torch.sigmoid", X), "sigmoid"),
        (function("torch.linalg.inv", X), "inv"),
        (method("_to_copy", X), "to_copy"),
    ],
)
def test_a_value_without_a_name_is_described_by_its_operation(node, described):
    assert Names(()).of(value(node, 5)) == described


def test_a_gradient_is_described_by_what_it_is_the_gradient_of():
    node = Node(5, Kind.CALL, "mul", "mul", args=(X, Y), gradient_of="softmax")

    assert Names(()).of(node) == "grad_softmax"


def test_a_function_of_one_named_value_bears_its_name_too():
    names = Names(())
    names.of(hinted("scores", 0))

    assert names.of(value(function("torch.sigmoid", X), 5)) == "sigmoid_scores"


def test_a_function_of_two_values_bears_neither_s_name():
    names = Names(())
    names.of(hinted("a", 0))
    names.of(hinted("b", 1))

    assert names.of(value(function("torch.atan2", X, Y), 5)) == "atan2"


def test_a_long_name_is_not_repeated():
    names = Names(())
    names.of(hinted("normalised", 0))

    assert names.of(value(function("torch.sigmoid", X), 5)) == "sigmoid"


def test_a_noun_stands_alone():
    names = Names(())
    names.of(hinted("scores", 0))

    assert names.of(value(function("torch.exp", X), 5)) == "exponential"


@pytest.mark.parametrize("noun", sorted(set(NOUNS.values())))
def test_a_noun_is_a_name(noun):
    assert noun.isidentifier()
    assert not keyword.iskeyword(noun)
    assert Names(()).fresh(noun) == noun


def test_incoming_gradients_are_numbered_where_there_are_several():
    assert cotangent_names(1, ["x"]) == ["grad_out"]
    assert cotangent_names(2, ["x"]) == ["grad_out_0", "grad_out_1"]


@pytest.mark.parametrize("argument", ["out", "grad_out"])
def test_an_incoming_gradient_is_neither_an_argument_nor_the_gradient_of_one(argument):
    assert cotangent_names(1, ["x", argument]) == ["grad_out_2"]
