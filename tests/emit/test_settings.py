"""One backward for every setting of the flags: what differs stands behind a condition."""

import pytest

from layergen.emit.settings import merged
from layergen.spec.model import Argument, ArgumentType
from tests.emit.graphs import X, arguments, gradients, graph, method, tensor
from tests.emit.printed import backward

ONLY_X, X_W = arguments("x"), arguments("x", "w")
BIAS = Argument("bias", ArgumentType.OPTIONAL_TENSOR)
CAUSAL = Argument("causal", ArgumentType.BOOL)
MODE = Argument("mode", ArgumentType.STR)
ONE = ((0,), "grad_x = grad_out")
OTHER = ((0,), "grad_x = grad_out * 2")
BOTH = ((0, 1), "both = grad_out * 2")
OF_X = ((0,), "grad_x = both * w")
OF_W = ((1,), "grad_w = both * x")
NEED_X, NEED_W = "ctx.needs_input_grad[0]", "ctx.needs_input_grad[1]"


def derived(**setting):
    """Derive something under a setting of flags."""
    made = graph(tensor("x"), method("sin", X))
    return gradients(made, [1], {"x": 1}, setting=tuple(setting.items()))


def blocks(flags, *cases, tensors=ONLY_X):
    """Merge printed backwards, each with its setting; the conditions and their lines."""
    views, asked = merged(
        (*tensors, *flags),
        [derived(**setting) for setting, _ in cases],
        [printed for _, printed in cases],
    )
    return [(each.condition, *each.lines) for each in views], asked


def test_what_every_gradient_needs_stands_behind_no_condition():
    found, _ = blocks([], ({}, backward(BOTH, OF_X, OF_W)), tensors=X_W)

    assert found == [
        ("", "both = grad_out * 2"),
        (NEED_X, "grad_x = both * w"),
        (NEED_W, "grad_w = both * x"),
    ]


def test_what_some_gradients_need_asks_for_any_of_them():
    three = arguments("x", "w", "b")
    last = (2,), "grad_b = grad_out"

    found, _ = blocks([], ({}, backward(BOTH, OF_X, OF_W, last)), tensors=three)

    assert found[0][0] == f"{NEED_X} or {NEED_W}"


def test_the_only_gradient_asks_nothing():
    assert blocks([], ({}, backward(ONE))) == ([("", "grad_x = grad_out")], [])


def test_settings_with_the_same_text_ask_nothing():
    found = blocks(
        [CAUSAL], ({"causal": True}, backward(ONE)), ({"causal": False}, backward(ONE))
    )

    assert found == ([("", "grad_x = grad_out")], [])


def test_settings_with_other_texts_ask_for_the_flag():
    found, asked = blocks(
        [CAUSAL],
        ({"causal": True}, backward(ONE)),
        ({"causal": False}, backward(OTHER)),
    )

    assert found == [
        ("causal", "grad_x = grad_out"),
        ("not causal", "grad_x = grad_out * 2"),
    ]
    assert asked == ["causal"]


@pytest.mark.parametrize(
    ("flag", "values", "conditions"),
    [
        (CAUSAL, (False, True), ["not causal", "causal"]),
        (MODE, ("sum", "mean"), ['mode == "sum"', 'mode == "mean"']),
        (BIAS, (True, False), ["bias is not None", "bias is None"]),
    ],
)
def test_a_flag_is_asked_in_its_own_way(flag, values, conditions):
    texts = backward(ONE), backward(OTHER)
    cases = [
        ({flag.name: each}, text) for each, text in zip(values, texts, strict=True)
    ]

    found, _ = blocks([flag], *cases)

    assert [condition for condition, *_ in found] == conditions


def test_only_the_flag_that_makes_the_difference_is_asked():
    cases = [
        ({"causal": causal, "mode": mode}, backward(OTHER if causal else ONE))
        for causal in (False, True)
        for mode in ("sum", "mean")
    ]

    found, asked = blocks([CAUSAL, MODE], *cases)

    assert [condition for condition, *_ in found] == ["not causal", "causal"]
    assert asked == ["causal"]


def test_where_no_flag_alone_makes_the_difference_all_are_asked():
    cases = [
        (
            {"causal": causal, "mode": mode},
            backward(OTHER if causal and mode == "sum" else ONE),
        )
        for causal in (True, False)
        for mode in ("sum", "mean")
    ]

    found, asked = blocks([CAUSAL, MODE], *cases)

    assert [condition for condition, *_ in found] == [
        'causal and mode == "sum"',
        'causal and mode == "mean" or not causal and mode == "sum" '
        'or not causal and mode == "mean"',
    ]
    assert asked == ["causal", "mode"]


def test_both_questions_are_asked_at_once():
    found, _ = blocks(
        [CAUSAL],
        ({"causal": True}, backward(BOTH, OF_X, OF_W)),
        ({"causal": False}, backward(BOTH, OF_X, ((1,), "grad_w = both"))),
        tensors=X_W,
    )

    assert [condition for condition, *_ in found] == [
        "causal",
        f"causal and {NEED_X}",
        f"causal and {NEED_W}",
        "not causal",
        f"not causal and {NEED_X}",
        f"not causal and {NEED_W}",
    ]


def test_an_or_in_a_question_stands_in_parentheses():
    three = arguments("x", "w", "b")
    last = (2,), "grad_b = grad_out"

    found, _ = blocks(
        [CAUSAL],
        ({"causal": True}, backward(BOTH, OF_X, OF_W, last)),
        ({"causal": False}, backward(BOTH, OF_X, OF_W, ((2,), "grad_b = both"))),
        tensors=three,
    )

    assert found[0][0] == f"causal and ({NEED_X} or {NEED_W})"


def test_the_gradient_of_what_may_be_absent_needs_no_condition_of_its_own():
    """Where bias is None nobody needs its gradient: the fuller text says it all."""
    of_bias = (1,), "grad_bias = grad_out.sum(0)"

    found, asked = blocks(
        [BIAS],
        ({"bias": True}, backward(((0,), "grad_x = grad_out * 3"), of_bias)),
        ({"bias": False}, backward(((0,), "grad_x = grad_out * 3"))),
    )

    assert [condition for condition, *_ in found] == [NEED_X, NEED_W]
    assert asked == []


def test_what_an_absent_argument_changes_elsewhere_is_asked():
    of_bias = (1,), "grad_bias = grad_out.sum(0)"

    found, asked = blocks(
        [BIAS],
        ({"bias": True}, backward(((0,), "grad_x = grad_out * bias"), of_bias)),
        ({"bias": False}, backward(((0,), "grad_x = grad_out"))),
    )

    assert asked == ["bias"]
    assert found[-1] == ("bias is None", "grad_x = grad_out")
