"""What a derived backward costs, word for word."""

from dataclasses import replace

import pytest

from layergen.emit.cost import told
from layergen.ir.cost import Cost, Side, Term

SWISH = Cost(
    derived=Side((Term(4, ("x.numel()",)),), 1024, 0.00151, ("x",)),
    plain=Side((Term(8, ("x.numel()",)),), 2048, 0.0012),
    dtype="float32",
    shapes=(("x", (16, 16)),),
)


def test_both_sides_are_told() -> None:
    assert told(SWISH) == (
        "Backward:    derived from the forward, and compared with autograd's",
        "Keeps:       x: 4 * x.numel() bytes (float32); plain autograd 8 * x.numel()",
        "Takes:       1.5 ms; plain autograd 1.2 ms",
        "             (forward and backward, x (16, 16);",
        "              rough: the best of a few runs on this machine)",
    )


def test_what_fits_no_line_is_folded_between_its_terms() -> None:
    terms = tuple(Term(4, (f"features_{at}", "batch")) for at in range(4))

    lines = told(replace(SWISH, derived=replace(SWISH.derived, kept=terms)))

    assert lines[1:4] == (
        "Keeps:       x: 4 * features_0 * batch + 4 * features_1 * batch "
        "+ 4 * features_2 * batch",
        "               + 4 * features_3 * batch bytes (float32);",
        "             plain autograd 8 * x.numel()",
    )


def test_a_shape_is_never_folded() -> None:
    shapes = tuple((f"weight_{at}", (1024, 1024)) for at in range(4))

    lines = told(replace(SWISH, shapes=shapes))

    assert all(line.count("(1024, 1024)") * 2 == line.count("1024") for line in lines)
    assert max(map(len, lines)) <= 88


@pytest.mark.parametrize(
    ("term", "told"),
    [
        (Term(1, ("x.numel()",)), "x.numel()"),
        (Term(4, ("batch", "2*half")), "8 * batch * half"),
        (Term(4, ("outer", "3", "3")), "36 * outer"),
        (Term(1, ()), "1"),
    ],
)
def test_numbers_are_multiplied(term: Term, told: str) -> None:
    assert str(term) == told


def test_the_name_of_the_leading_sizes_is_explained() -> None:
    plain = Side((Term(4, ("lead", "dim")),), 2048, 0.0012)

    assert any("(lead: " in line for line in told(replace(SWISH, plain=plain)))


def test_what_is_no_sum_of_sizes_is_told_in_numbers() -> None:
    plain = Side((), 2048, 0.0012)

    lines = told(replace(SWISH, plain=plain))

    assert lines[1] == "Keeps:       x: 1,024 bytes (float32); plain autograd 2,048"
