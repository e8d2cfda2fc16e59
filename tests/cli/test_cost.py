from dataclasses import replace

import pytest

from layergen.cli.cost import told
from layergen.cli.main import main
from layergen.ir.cost import Cost, Side, Term
from tests.cli.conftest import Pipeline

SWISH = Cost(
    derived=Side((Term(4, ("x.numel()",)),), 1024, 0.00151),
    plain=Side((Term(8, ("x.numel()",)),), 2048, 0.0012),
    dtype="float32",
    shapes=(("x", (16, 16)),),
)


def test_both_sides_are_told() -> None:
    assert told(SWISH) == (
        "Backward:    derived from the forward, and compared with autograd's",
        "Keeps:       4 * x.numel() bytes (float32); plain autograd 8 * x.numel()",
        "Takes:       1.5 ms; plain autograd 1.2 ms",
        "             (forward and backward, x (16, 16);",
        "              rough: a few runs on this machine)",
    )


def test_what_fits_no_line_is_put_on_two() -> None:
    terms = tuple(Term(4, (f"features_{at}", "batch")) for at in range(3))

    lines = told(replace(SWISH, derived=replace(SWISH.derived, kept=terms)))

    assert lines[1].endswith("4 * features_2 * batch bytes (float32);")
    assert lines[2] == "             plain autograd 8 * x.numel()"


def test_the_name_of_the_leading_sizes_is_explained() -> None:
    plain = Side((Term(4, ("lead", "dim")),), 2048, 0.0012)

    assert any("(lead: " in line for line in told(replace(SWISH, plain=plain)))


def test_what_is_no_sum_of_sizes_is_told_in_numbers() -> None:
    plain = Side((), 2048, 0.0012)

    lines = told(replace(SWISH, plain=plain))

    assert lines[1].endswith("plain autograd 2,048")


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_command_tells_it(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    pipeline.cost = SWISH

    main(["new-op", "wave", *options])

    assert "\n\n" + "\n".join(told(SWISH)) + "\n\n" in capsys.readouterr().out
