"""What a function refuses whose formula holds for some sizes alone."""

from layergen.emit.size_checks import size_check, stated
from layergen.ir.gradients import Condition, Dimension
from layergen.ir.graph import Arithmetic, Size

NO_RANKS: dict[str, int] = {}
ROWS, COLUMNS = Size("s0"), Size("s1")
PLACES = ((ROWS, Dimension("x", 0, 2)), (COLUMNS, Dimension("y", 1, 4)))
THREE_ROWS = Condition("==", ROWS, 3, PLACES[:1])
EVEN = Condition("==", Arithmetic("%", (COLUMNS, 2)), 0, PLACES[1:])
WIDER = Condition(">=", COLUMNS, Arithmetic("*", (2, ROWS)), PLACES)


def asked(*conditions, optional=(), ranks=NO_RANKS):
    check = size_check("f", conditions, optional, ranks)
    return check.condition if check else None


def test_a_condition_is_asked_the_other_way_round():
    assert asked(THREE_ROWS) == "x.shape[0] != 3"
    assert asked(EVEN) == "y.shape[1] % 2 != 0"
    assert asked(WIDER) == "y.shape[1] < 2 * x.shape[0]"


def test_one_that_is_broken_is_enough():
    assert asked(THREE_ROWS, EVEN) == "x.shape[0] != 3 or y.shape[1] % 2 != 0"


def test_nothing_is_asked_without_a_condition():
    assert asked() is None


def test_nothing_is_read_off_none():
    assert asked(WIDER, optional=["y"]) == (
        "(y is not None and y.shape[1] < 2 * x.shape[0])"
    )


def test_dimensions_are_counted_from_the_end_behind_any_others():
    assert asked(EVEN.from_end) == "y.shape[-3] % 2 != 0"


def test_a_dimension_that_may_be_lacking_is_asked_for_first():
    told = "y.dim() < 3 or y.shape[-3] % 2 != 0"

    assert asked(EVEN.from_end, ranks={"y": 2}) == told
    assert asked(EVEN.from_end, ranks={"y": 3}) == "y.shape[-3] % 2 != 0"
    assert asked(EVEN.from_end, optional=["y"], ranks={"y": 0}) == (
        "(y is not None and y.dim() < 3) or (y is not None and y.shape[-3] % 2 != 0)"
    )


def test_the_message_and_the_docstring_say_what_must_hold():
    check = size_check("f", [THREE_ROWS, EVEN])

    told = "x.shape[0] == 3 and y.shape[1] % 2 == 0"
    assert stated([THREE_ROWS, EVEN]) == told
    assert check.message == f'"f has its gradient for {told}"'
    assert check.doc == (f"ValueError: unless {told}.",)


def test_a_condition_of_two_settings_is_said_once():
    assert stated([EVEN, EVEN]) == "y.shape[1] % 2 == 0"
