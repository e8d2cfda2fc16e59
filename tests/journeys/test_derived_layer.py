"""A layer that calls an op with a derived backward."""

import pytest

FORWARD = ("--forward", "x * sigmoid(beta * x)")


@pytest.fixture
def folder_of_both(layergen, folder):
    layergen("new-op", "swish", *FORWARD)
    layergen("new-layer", "Swish", *FORWARD, "--param", "beta=1.0")
    return folder / "swish"


def test_both_are_right_from_the_first_minute(folder_of_both, generated_tests, folder):
    ended = generated_tests("swish", "-k", "not inductor", cwd=folder)

    assert ended.returncode == 0, ended.stdout


def test_the_layer_calls_the_op(folder_of_both):
    assert "return swish(x, self.beta)" in (folder_of_both / "layer.py").read_text()


def test_a_slip_in_the_op_fails_the_layer_s_tests(layergen, folder_of_both):
    op = folder_of_both / "op.py"
    text = op.read_text()
    assert "(1 - sigmoid)" in text
    op.write_text(text.replace("(1 - sigmoid)", "(1 + sigmoid)"))

    layergen("test", "swish", "-q", "-k", "test_layer and gradient", answer=1)


def test_a_layer_alone_brings_its_op_along(layergen, folder):
    layergen(
        "new-layer", "Swish", *FORWARD, "--param", "beta=1.0", "--backward", "derived"
    )

    assert "return swish(x, self.beta)" in (folder / "swish" / "layer.py").read_text()
    assert "class SwishFunction(Function)" in (folder / "swish" / "op.py").read_text()
