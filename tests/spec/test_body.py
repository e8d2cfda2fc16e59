"""What a forward's text uses, and what it must not do."""

import pytest

from layergen.errors import BadRequest
from layergen.spec.forward import (
    assigned_names,
    check_body,
    from_text,
    module_uses,
    self_attributes,
    used_names,
)


def test_the_arguments_that_are_read_are_told():
    forward = from_text("def f(x, y, n=1):\n    y = 1\n    return x.sum(n)", "a.toml")

    assert used_names(forward) == {"x", "n"}


def test_attributes_of_self_are_told_in_order():
    text = (
        "def forward(self, x):\n    self.seen = x\n    self.count += 1\n"
        "    return self.fc(x) * self.scale + self.fc(x)"
    )

    assert self_attributes(from_text(text, "a.toml")) == ("count", "fc", "scale")


def test_a_function_has_no_self():
    assert self_attributes(from_text("def f(x): return x", "a.toml")) == ()


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("x + 1", set()),
        ("return torch.exp(x) * math.pi", {"torch", "math"}),
        ("F.relu(x) if y else nn.functional.relu(x)", {"F", "nn"}),
        ("def f(x: Tensor): return x.math", {"Tensor"}),
        ("x +\n torch.exp(y)", {"torch"}),
        ("'torch'  # math", set()),
    ],
)
def test_modules_in_use_are_told(text, uses):
    assert module_uses(text) == uses


def test_assigned_names_are_told():
    assert assigned_names("beta = x\nfor i in x: pass\ny[0] = 1") == {"beta", "i"}


@pytest.mark.parametrize(
    "statement",
    [
        "x.item()",
        "x.tolist()",
        "x.numpy()",
        "x.sum().backward()",
        "x.requires_grad_()",
        "x.data * 2",
        "x.grad",
    ],
)
def test_what_leaves_the_graph_is_refused_with_its_line(statement):
    text = f"C = 1\n\n\ndef f(x):\n    y = {statement}\n    return C * x"

    with pytest.raises(BadRequest) as error:
        check_body(from_text(text, "a.toml", first_line=10))

    assert error.value.place.line == 14
    assert error.value.place.text == f"    y = {statement}"
    assert error.value.instead


def test_a_helper_is_looked_at_too():
    text = "def g(x): return x.item()\n\n\ndef f(x): return g(x)"

    with pytest.raises(BadRequest, match=r"'\.item' is refused"):
        check_body(from_text(text, "a.toml"))


def test_detach_and_members_of_self_pass():
    check_body(
        from_text("def forward(self, x): return self.data(x.detach())", "a.toml")
    )


def test_example_inputs_may_do_what_they_like():
    text = "def f(x): return x\n\ndef example_inputs(): return torch.ones(2).numpy()"

    check_body(from_text(text, "a.toml"))
