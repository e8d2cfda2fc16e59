"""Every refusal is worded whole, and says the stub only where the stub is right."""

from string import Formatter

import pytest

from layergen.autodiff.refusal import STUB, Reason, refused
from layergen.errors import ExitCode, Place

WITHOUT_STUB = {  # where the stub's own gradient is wrong, refused, or none at all
    Reason.ATTRIBUTE_ASSIGNMENT,
    Reason.AUTOGRAD_INSIDE,
    Reason.CHANGES_STATE,
    Reason.CUSTOM_FUNCTION,
    Reason.GRAD_MODE,
    Reason.HIDDEN_RANDOM,
    Reason.HIGHER_ORDER,
    Reason.INPUT_IN_PLACE,
    Reason.LOST_IN_PLACE,
    Reason.MEMORY_LAYOUT,
    Reason.NO_DERIVATIVE,
    Reason.NO_DIFFERENTIABLE_INPUT,
    Reason.NO_GRADIENT_PATH,
    Reason.NOT_DETERMINISTIC,
    Reason.NOT_TRANSFORMED,
    Reason.NUMPY,
    Reason.OBJECT_ARGUMENT,
    Reason.OPAQUE_CALL,
    Reason.OUT_ARGUMENT,
    Reason.OUTPUT_COMPLEX,
    Reason.OUTPUT_IS_INPUT,
    Reason.OUTPUT_TYPE,
    Reason.OUTPUT_WITHOUT_GRADIENT,
    Reason.PARAMETER_WITHOUT_GRADIENT,
    Reason.SPARSE,
    Reason.UNSAVED_RANDOM,
}


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_a_sentence_and_an_order(reason: Reason) -> None:
    what, instead = reason.value.what, reason.value.instead

    assert what[0].islower() or what.startswith("{op} ")
    assert not what.endswith(".")
    assert instead[0].isupper()
    assert instead.endswith(".")
    assert {name for _, name, _, _ in Formatter().parse(what) if name} <= {"op"}


def test_no_two_reasons_have_the_same_sentence() -> None:
    assert len({each.value.what for each in Reason}) == len(Reason)


def test_the_operator_and_the_detail_are_named() -> None:
    error = refused(Reason.INPUT_IN_PLACE, op="add_", detail="x")

    assert error.what == "'add_' changes an input in place: x"


def test_an_operator_without_a_name_is_an_operator() -> None:
    error = refused(Reason.NO_RULE)

    assert error.what == "there is no rule for an operator"


def test_braces_of_a_detail_stay_as_they_are() -> None:
    error = refused(Reason.OUTPUT_TYPE, detail="{'a': x}")

    assert error.what.endswith(": {'a': x}")


def test_the_place_and_the_exit_code_are_those_of_a_refusal() -> None:
    place = Place("forwards.py", 3, 5, "    y = x.item()")

    error = refused(Reason.PYTHON_VALUE, op="item", place=place)

    assert error.place is place
    assert error.exit_code is ExitCode.CANNOT_DERIVE


def test_the_reason_is_carried_as_plain_text() -> None:
    error = refused(Reason.DATA_DEPENDENT_BRANCH)

    assert error.reason == "data-dependent-branch"
    assert type(error.reason) is str


@pytest.mark.parametrize("reason", Reason)
def test_the_stub_is_offered_only_where_it_is_right(reason: Reason) -> None:
    offered = STUB in refused(reason).instead

    assert offered is (reason not in WITHOUT_STUB)
