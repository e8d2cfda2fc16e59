"""An op with a derived backward: right as written, and a slip in it is caught."""

import pytest

REQUEST = ("new-op", "swish", "--forward", "x * sigmoid(beta * x)")
# what a person may do to the formulas in op.py: each is wrong
SLIPS = {
    "sign": ("(1 - sigmoid)", "(1 + sigmoid)"),
    "dropped term": ("(product + grad_product * beta)", "product"),
    "dropped factor": ("(grad_product * x)", "(grad_product)"),
    "swapped": ("return grad_x, grad_beta", "return grad_beta, grad_x"),
}


@pytest.fixture
def op(layergen, folder):
    layergen(*REQUEST)
    return folder / "swish" / "op.py"


def test_is_right_from_the_first_minute(op, generated_tests, folder):
    ended = generated_tests("swish", "-k", "not inductor", cwd=folder)

    assert ended.returncode == 0, ended.stdout


def test_its_cost_is_told(layergen):
    told = layergen(*REQUEST, "--dry-run")

    [kept] = [line for line in told.out.splitlines() if line.startswith("Keeps:")]
    assert kept.startswith("Keeps:       x, beta: ")
    assert "plain autograd" in told.out


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_fails_its_tests(layergen, op, slip):
    right, wrong = SLIPS[slip]
    assert right in op.read_text()
    op.write_text(op.read_text().replace(right, wrong))

    layergen("test", "swish", "-q", "-k", "test_gradient or agrees", answer=1)


def test_what_was_edited_is_left_alone_and_put_right_by_force(layergen, op):
    written = op.read_text()
    edited = written.replace(*SLIPS["sign"])
    op.write_text(edited)

    told = layergen("regenerate", "swish", answer=3)
    assert op.read_text() == edited
    assert "op.py" in told.err

    layergen("regenerate", "swish", "--force")
    assert op.read_text() == written


def test_another_forward_gets_another_backward(layergen, op):
    record = op.parent / "layergen.toml"
    text = record.read_text()
    assert "torch.sigmoid(beta * x)" in text
    record.write_text(text.replace("torch.sigmoid(beta * x)", "torch.tanh(beta * x)"))

    layergen("regenerate", "swish")

    assert "(1 - tanh**2)" in op.read_text()
    layergen("test", "swish", "-q", "-k", "gradient or agrees")


@pytest.mark.parametrize(
    ("recompute", "kept"), [("none", "tanh)"), ("cheap", "(x)"), ("all", "(x)")]
)
def test_what_backward_computes_again_is_chosen(layergen, folder, recompute, kept):
    layergen("new-op", "gate", "--forward", "exp(tanh(x))", "--recompute", recompute)

    [saved] = [
        line
        for line in (folder / "gate" / "op.py").read_text().splitlines()
        if "save_for_backward" in line
    ]
    assert saved.endswith(kept)
