"""A formula of which no shapes are told: it reduces an argument, and fits few others."""

import pytest


@pytest.mark.parametrize(
    "options",
    [
        ["x * y.softmax(-1)", "--arg", "y:tensor"],
        ["x + y.sum(-1, keepdim=True)", "--arg", "y:tensor"],
    ],
    ids=["gated", "shifted"],
)
def test_other_shapes_are_refused(folder, layergen, generated_tests, options):
    layergen("new-op", "ripple", "--forward", *options)

    assert (
        "ripple has its gradient for the shapes"
        in (folder / "ripple/op.py").read_text()
    )
    found = generated_tests("ripple", "-k", "refuses or agrees", cwd=folder)
    assert found.returncode == 0, found.stdout


def test_what_reduces_its_own_argument_refuses_numbers_alone(
    folder, layergen, generated_tests
):
    normed = (
        "(x - x.mean(-1, keepdim=True))"
        " * rsqrt(x.var(-1, keepdim=True, correction=0) + 1e-5)"
    )
    layergen("new-op", "ripple", "--forward", normed)

    assert "    if x.dim() == 0:\n" in (folder / "ripple/op.py").read_text()
    found = generated_tests("ripple", cwd=folder)
    assert found.returncode == 0, found.stdout


def test_a_dimension_is_derived_at_its_default_and_at_cases(
    folder, layergen, generated_tests
):
    options = ["--arg", "dim:int=-1", "--case", "dim=-1", "--case", "dim=0"]
    layergen("new-op", "ripple", "--forward", "x * x.amax(dim, keepdim=True)", *options)

    text = (folder / "ripple/op.py").read_text()
    assert "if dim not in (-1, 0):" in text
    found = generated_tests("ripple", "-k", "gradient or refuses", cwd=folder)
    assert found.returncode == 0, found.stdout
