"""An op with a stub backward: right as written, and a wrong formula in its place is caught."""

import pytest

FORWARD = ("--forward", "x * sigmoid(beta * x)", "--backward", "stub")
# what a person would write over the vjp lines, and one slip in it
RIGHT = {
    "grad_x": "s = torch.sigmoid(beta * x)\n"
    "            grad_x = grad_out * (s + beta * x * s * (1 - s))",
    "grad_beta": "s = torch.sigmoid(beta * x)\n"
    "            grad_beta = (grad_out * x * x * s * (1 - s)).sum_to_size(beta.shape)",
}
WRONG = {
    "sign": ("grad_x", RIGHT["grad_x"].replace("s + beta", "s - beta")),
    "dropped term": (
        "grad_x",
        RIGHT["grad_x"].replace("s + beta * x * s * (1 - s)", "s"),
    ),
    "dropped factor": ("grad_beta", RIGHT["grad_beta"].replace("x * x", "x")),
}


def replaced(source, gradient, formula):
    """Put a formula in the place of the vjp of one gradient."""
    start = source.index(
        f"if ctx.needs_input_grad[{['grad_x', 'grad_beta'].index(gradient)}]"
    )
    start = source.index("\n", start) + 1
    end = source.index(f"({gradient},) = vjp(grad_out)\n", start)
    end = source.index("\n", end) + 1
    return source[:start] + " " * 12 + formula + "\n" + source[end:]


@pytest.fixture
def op(layergen, folder):
    layergen("new-op", "swish", *FORWARD)
    return folder / "swish" / "op.py"


def test_is_right_from_the_first_minute(layergen, op):
    layergen("test", "swish", "-q", "-k", "not inductor")


def test_takes_a_right_formula(layergen, op):
    source = op.read_text()
    for gradient, formula in RIGHT.items():
        source = replaced(source, gradient, formula)
    op.write_text(source)

    layergen("test", "swish", "-q", "-k", "not inductor")


@pytest.mark.parametrize("slip", WRONG)
def test_a_wrong_formula_fails_the_gradcheck(layergen, op, slip):
    op.write_text(replaced(op.read_text(), *WRONG[slip]))

    layergen("test", "swish", "-q", "-x", "-k", "test_gradient", answer=1)


def test_work_that_nobody_asked_for_is_caught(layergen, op):
    source = op.read_text()
    for index in range(2):
        source = source.replace(f"if ctx.needs_input_grad[{index}]:", "if True:")
    op.write_text(source)

    layergen("test", "swish", "-q", "-x", "-k", "asked_for", answer=1)


def test_a_backward_that_is_passed_by_is_caught(layergen, op):
    source = op.read_text()
    op.write_text(
        source.replace("SwishFunction.apply(x, beta)", "SwishFunction.forward(x, beta)")
    )

    layergen("test", "swish", "-q", "-x", "-k", "own_backward", answer=1)


def test_an_edited_formula_survives_regenerate(layergen, op):
    edited = replaced(op.read_text(), "grad_x", RIGHT["grad_x"])
    op.write_text(edited)

    told = layergen("regenerate", "swish", answer=3)

    assert op.read_text() == edited
    assert "op.py" in told.err
