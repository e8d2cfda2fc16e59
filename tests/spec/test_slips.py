import pytest

from layergen.spec.slips import one_off


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("betta", "beta"),
        ("bet", "beta"),
        ("gian", "gain"),
        ("gaim", "gain"),
        ("gains", "gain"),
    ],
)
def test_a_letter_off_is_a_slip_but_of_short_names(name: str, known: str) -> None:
    assert one_off(name, [known]) == (known if min(len(name), len(known)) > 3 else None)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("weight1", "weight2"),
        ("weight", "weight2"),
        ("q_proj", "k_proj"),
        ("in_features", "out_features"),
        ("gain", "gain"),
    ],
)
def test_names_that_differ_on_purpose_are_none(name: str, known: str) -> None:
    assert one_off(name, [known]) is None
