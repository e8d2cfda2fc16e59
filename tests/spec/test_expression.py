"""--forward: an expression becomes a function's text, or is refused with its column."""

import pytest

from layergen.errors import BadRequest
from layergen.spec.forward import from_expression
from layergen.spec.model import ArgumentType, Form


def returned(text, **known):
    """What the function made of an expression returns."""
    return from_expression(text, "f", **known).expression


def refusal(text, **known):
    with pytest.raises(BadRequest) as error:
        from_expression(text, "f", **known)
    return error.value


def test_an_expression_becomes_a_function():
    forward = from_expression("x * sigmoid(beta * x)", "swish")

    assert forward.text == (
        "def swish(x, beta):\n    return x * torch.sigmoid(beta * x)\n"
    )
    assert [each.name for each in forward.signature] == ["x", "beta"]
    assert {each.type for each in forward.signature} == {ArgumentType.TENSOR}
    assert forward.form is Form.FUNCTION
    assert forward.source == "--forward"


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("silu( x )*1e-05", "F.silu( x )*1e-05"),
        ("((x))  +(1 )", "((x))  +(1 )"),
        ("torch.exp(x) + F.relu(x)", "torch.exp(x) + F.relu(x)"),
        ("x.mean(-1, keepdim=True)", "x.mean(-1, keepdim=True)"),
        ("relu(relu(x))", "F.relu(F.relu(x))"),
        ("x[..., :x.shape[-1] // 2, None]", "x[..., :x.shape[-1] // 2, None]"),
        ("(x > 0) & ~(x >= 1)", "(x > 0) & ~(x >= 1)"),
        ("gelu(x, approximate='tanh')", "F.gelu(x, approximate='tanh')"),
        ("einsum('ij->i', x)", "torch.einsum('ij->i', x)"),
        ("x @ x.mT", "x @ x.mT"),
        ("x * math.pi", "x * math.pi"),
        ("x.to(torch.float64)", "x.to(torch.float64)"),
        ("torch.linalg.vector_norm(x)", "torch.linalg.vector_norm(x)"),
        ("x + arange(3, device=x.device)", "x + torch.arange(3, device=x.device)"),
    ],
)
def test_only_prefixes_are_put_into_the_text(text, expression):
    assert returned(text) == expression


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("x * sqrt(2)", "x * math.sqrt(2)"),
        ("x / sqrt(x.shape[-1])", "x / math.sqrt(x.shape[-1])"),
        ("x / sqrt(x.size(-1) * 2)", "x / math.sqrt(x.size(-1) * 2)"),
        ("x * exp(-beta)", "x * math.exp(-beta)"),
        ("x * max(1, beta)", "x * max(1, beta)"),
        ("exp(beta * x)", "torch.exp(beta * x)"),
        ("x.sum(x.dim() - 1) / sqrt(x[0])", "x.sum(x.dim() - 1) / torch.sqrt(x[0])"),
    ],
)
def test_functions_of_numbers_are_python_s(text, expression):
    assert returned(text, scalars=frozenset({"beta"}), order=["beta"]) == expression


def test_lines_and_comments_are_kept_in_brackets():
    forward = from_expression("x *  # gate\n  sigmoid(beta)\n+ 1", "f")

    assert forward.expression == (
        "(\n        x *  # gate\n  torch.sigmoid(beta)\n+ 1\n    )"
    )


def test_line_ends_of_other_systems_are_read():
    forward = from_expression("x +\r\n y", "f")

    assert forward.text == "def f(x, y):\n    return (\n        x +\n y\n    )\n"


def test_undeclared_arguments_come_first_and_declared_ones_in_their_order():
    forward = from_expression("b * x + a * y", "f", order=["a", "unused", "b"])

    assert [each.name for each in forward.signature] == ["x", "y", "a", "b"]


def test_submodules_make_a_method():
    forward = from_expression("x * fc(x)", "gate", submodules=["fc"])

    assert forward.text == "def forward(self, x):\n    return x * self.fc(x)\n"
    assert forward.form is Form.METHOD
    assert [each.name for each in forward.signature] == ["x"]


def test_a_tuple_is_several_outputs():
    assert from_expression("x + 1, x - 1", "f").outputs == 2


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("x +", 4, "syntax error"),
        ("(x", 1, "'(' was never closed"),
        ("x y", 3, "syntax error"),
        ("x) * (y", 2, "unmatched ')'"),
        ("y = x", 1, "--from FILE.py:FUNCTION"),
        ("return x", 1, "this is a statement"),
        ("x * sigmiod(x)", 5, "Did you mean 'sigmoid'?"),
        ("torch.sigmiod(x)", 7, "Did you mean 'sigmoid'?"),
        ("x.maen()", 3, "Did you mean 'mean'?"),
        ("x.mean", 3, "Call it: .mean(...)."),
        ("torch.save(x)", 7, "unknown function 'torch.save'"),
        ("x.__class__", 3, "leading '_'"),
        ("x.data", 3, "no gradient reaches it"),
        ("x.T.data", 5, "no gradient reaches it"),
        ("x.grad", 3, "what a backward wrote"),
        ("x.backward()", 3, "runs no backward"),
        ("x.numpy()", 3, "out of the graph"),
        ("x.item()", 3, "out of the graph"),
        ("x.cuda()", 3, "one device"),
        ("x.add_(1)", 3, "Use add(...)"),
        ("sigmoid_(x)", 1, "in place"),
        ("torch.relu_(x)", 7, "in place"),
        ("add(x, y, out=z)", 11, "'out=' is refused"),
        ("relu(x, inplace=True)", 9, "'inplace=' is refused"),
        ("__import__('os')", 1, "'__import__' is refused"),
        ("_x + 1", 1, "leading '_'"),
        ("lambda x: x", 1, "a lambda has no place"),
        ("sum([y for y in x])", 5, "a comprehension has no place"),
        ("stack(y for y in x)", 6, "a comprehension has no place"),
        ("(y := x) + 1", 2, "an assignment has no place"),
        ("f'{x}'", 1, "an f-string has no place"),
        ("stack(*x)", 7, "'*' before an argument"),
        ("sigmoid(**x)", 9, "'**' has no place"),
        ("0 < x < 1", 1, "& | ~"),
        ("x > 0 and x < 1", 1, "& | ~"),
        ("x > 0 or x < 1", 1, "& | ~"),
        ("x * (not x)", 6, "~mask"),
        ("x if x > 0 else 0", 1, "where(condition, a, b)"),
        ("x is None", 1, "'is'"),
        ("x ^ 2", 1, "x ** 2"),
        ("'a' + x", 1, "keyword arguments"),
        ("b'a' + x", 1, "bytes"),
        ("x + None", 5, "None has no place in arithmetic"),
        ("x + (y, z)", 5, "stands only as an argument"),
        ("x + ...", 5, "stands only in an index"),
        ("{x}", 1, "a set has no place"),
        ("2", 1, "no argument"),
        ("x * pi", 5, "math.pi"),
        ("x * sigmoid", 5, "'sigmoid' is a function"),
        ("x(2) + x", 1, "A product needs a *"),
        ("2(x)", 1, "A product needs a *"),
        ("nn.Linear(3, 4)(x)", 1, "--submodule"),
        ("math.sqrt(x)", 11, "x is a tensor"),
        ("sigmoid(2) * x", 9, "2 is a number"),
        ("int(x)", 1, "takes a number"),
        ("x + rand_like(x)", 5, "random"),
        ("x + arange(3)", 5, "device=x.device"),
        ("x[i]", 3, "--arg NAME:int"),
        ("x[x > 0]", 3, "where(mask, x, 0)"),
        ("mean(x - y) + torch", 15, "a module, not a value"),
        ("self + x", 1, "'self' is no argument"),
        ("\u0445 * 2", 1, "U+0445 (CYRILLIC SMALL LETTER HA)"),
        ("x \u00d7 y", 3, "Write *."),
        ("x\0", 2, "U+0000"),
        ("x\t+", 4, "syntax error"),
        ("\udc80x", 1, "U+DC80"),
    ],
)
def test_what_has_no_place_is_refused_at_its_column(text, column, says):
    error = refusal(text)

    assert says in str(error)
    assert error.place.source == "--forward"
    assert error.place.column == column


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("+".join(["x"] * 10000), "4000 at most"),
        ("+".join(["x"] * 1000), "nested too deeply"),
        ("(" * 5000 + "x" + ")" * 5000, "4000 at most"),
        ("(" * 300 + "x" + ")" * 300, "nested too deeply"),
        ("(" * 60 + "x" + ")" * 60, "nested too deeply"),
        ("-" * 3900 + "x", "nested too deeply"),
        ("x" + "[0]" * 1000, "nested too deeply"),
    ],
)
def test_what_is_too_much_is_refused(text, says):
    assert says in str(refusal(text))


def test_a_sum_of_many_terms_passes():
    assert returned("+".join(["x"] * 90)) == "+".join(["x"] * 90)


@pytest.mark.parametrize("text", ["2,\n3", "# nothing\n# at all"])
def test_an_error_of_several_lines_is_placed_at_their_beginning(text):
    place = refusal(text).place

    assert (place.line, place.column) == (1, 1)


def test_an_error_on_a_later_line_is_placed_there():
    place = refusal("x +\n  sigmiod(y)").place

    assert (place.line, place.column, place.text) == (2, 3, "  sigmiod(y)")


def test_a_bracket_does_not_close_the_one_put_around_lines():
    error = refusal("x +\n y) * (\nz")

    assert "unmatched ')'" in str(error)
    assert (error.place.line, error.place.column) == (2, 3)


def test_a_slip_in_a_declared_name_is_refused():
    error = refusal("x * bteta", order=["beta"])

    assert "Did you mean 'beta'?" in str(error)
    assert error.place.column == 5


@pytest.mark.parametrize("other", ["x2", "gamma", "beta2"])
def test_a_name_that_differs_on_purpose_is_one_more_argument(other):
    forward = from_expression(f"beta1 * {other}", "f", order=["beta1"])

    assert [each.name for each in forward.signature] == [other, "beta1"]


def test_a_declared_name_may_be_that_of_a_function():
    forward = from_expression("where(x > threshold, x, 0)", "f", order=["threshold"])

    assert [each.name for each in forward.signature] == ["x", "threshold"]


def test_one_name_is_not_both_function_and_argument():
    error = refusal("mean(x) * mean", order=["mean"])

    assert "both as a function and as an argument" in str(error)


def test_a_submodule_is_only_called():
    assert "Call it: fc(x)." in str(refusal("fc + x", submodules=["fc"]))
