"""A component's backward at every setting of its flags, and the user's place in refusals."""

import pytest

from layergen.autodiff import component
from layergen.autodiff.component import with_derivatives
from layergen.autodiff.refusal import Reason
from layergen.autodiff.trial import tried
from layergen.errors import CannotDerive, Place
from layergen.ir.graph import Size
from layergen.spec import read
from layergen.spec.model import Argument, ArgumentType, Kind, Recompute, Shape
from layergen.spec.request import Request


def spec_of(tmp_path, text, *shapes, kind=Kind.OP, **options):
    """Read a function named ripple, or an expression."""
    if text.startswith("def "):
        (tmp_path / "forwards.py").write_text(f"# a file\n\n{text}")
        options["from_"] = "forwards.py:ripple"
    else:
        options["forward"] = text
    request = Request(kind, "Ripple", shapes=shapes, **options)
    return read.from_request(request, cwd=tmp_path, into=tmp_path, existing=None)[0]


@pytest.fixture
def derived(tmp_path):
    """Derive a function at every setting; the answers by their settings."""

    def derive(text, *shapes, **options):
        spec = spec_of(tmp_path, text, *shapes, **options)
        trials = with_derivatives(spec, tried(spec))
        return (trials.op or trials.loss).derived

    return derive


@pytest.fixture
def refusal(derived):
    def refused(text, *shapes, **options):
        with pytest.raises(CannotDerive) as error:
            derived(text, *shapes, **options)
        return error.value

    return refused


def settings(answers):
    return [dict(each.setting) for each in answers]


def test_an_op_without_flags_is_derived_once(derived):
    assert settings(derived("x.sin() * y")) == [{}]


def test_a_loss_is_derived_too(derived):
    assert settings(derived("(x - y) ** 2", kind=Kind.LOSS)) == [{}]


def test_a_flag_has_both_settings_its_default_first(derived):
    found = derived(
        "def ripple(x, up: bool = True):\n    return x * 2 if up else x.sin()\n"
    )

    assert settings(found) == [{"up": True}, {"up": False}]


def test_what_may_be_none_is_there_first(derived):
    found = derived(
        "def ripple(x, bias=None):\n"
        "    y = x.sin()\n"
        "    return y if bias is None else y + bias\n",
        arguments=("bias:tensor?",),
    )

    assert settings(found) == [{"bias": True}, {"bias": False}]
    assert [len(each.arguments) for each in found] == [2, 1]


def test_flags_are_combined(derived):
    found = derived(
        "def ripple(x, up: bool = True, twice: bool = False):\n"
        "    y = x.sin() if up else x.cos()\n"
        "    return y * y if twice else y\n"
    )

    assert len(found) == 4
    assert settings(found)[0] == {"up": True, "twice": False}


def test_a_setting_that_the_forward_refuses_is_left_out(derived):
    found = derived(
        "def ripple(x, up: bool = True, twice: bool = True):\n"
        "    if not up and not twice:\n"
        "        raise ValueError('neither')\n"
        "    return x.sin() * (2 if up else 3) * (2 if twice else 3)\n"
    )

    assert {"up": False, "twice": False} not in settings(found)
    assert len(found) == 3


def test_too_many_settings_are_refused(refusal):
    flags = [f"f{at}" for at in range(6)]
    arguments = ", ".join(f"{each}: bool = True" for each in flags)
    body = " + ".join(flags)

    error = refusal(f"def ripple(x, {arguments}):\n    return x.sin() * ({body})\n")

    assert error.reason == Reason.TOO_MANY_SETTINGS.spelled


SHAPES = ("x=rows,inner", "w=inner,inner")


def test_what_no_one_text_could_return_is_computed_again(derived):
    """At one setting the variable p is kept, and at the other one that has no name."""
    found = derived(
        "def ripple(x, w, up: bool = True):\n"
        "    p = x @ w\n"
        "    if up:\n"
        "        return p * p.exp()\n"
        "    return (p * p.sin()) @ w\n",
        *SHAPES,
    )

    assert [each.kept for each in found] == [(), ()]


def test_what_one_variable_holds_at_every_setting_is_kept(derived):
    found = derived(
        "def ripple(x, w, up: bool = True):\n"
        "    p = x @ w\n"
        "    q = p.sin() if up else p.cos()\n"
        "    return p * q\n",
        *SHAPES,
    )

    assert [each.returned_by for each in found] == [("p",), ("p",)]


def test_only_what_is_wanted_is_differentiated(derived):
    [found] = derived("where(mask > 0, x, 0)")

    assert dict(zip(found.names, found.gradients, strict=True))["mask"] is None


def test_sizes_that_were_declared_equal_are_one(derived):
    [found] = derived("x @ w", "x=rows,inner", "w=inner,outer")

    x, w = (found.graph[index].shape for index in found.arguments)
    assert x[1] == w[0]
    assert all(isinstance(size, Size) for size in (*x, *w))


def test_any_leading_dimensions_are_noted(derived):
    assert not derived("x @ w", "x=rows,inner", "w=inner,outer")[0].any_lead
    assert derived("x @ w", "x=...,inner", "w=inner,outer")[0].any_lead


def test_recompute_is_as_asked(derived):
    lines = "def ripple(x, w):\n    p = x @ w\n    return p * p.exp()\n"

    [cheap] = derived(lines, *SHAPES)
    [none] = derived(lines, *SHAPES, recompute=Recompute.ALL)

    assert (len(cheap.kept), len(none.kept)) == (1, 0)


def test_a_number_whose_value_is_looked_at_is_refused_by_name(refusal):
    error = refusal(
        "def ripple(x, slope: float = 0.5):\n"
        "    if slope > 0.3:\n"
        "        return x.sin() * slope\n"
        "    return x.cos()\n"
    )

    assert error.reason == Reason.SCALAR_SPECIALISED.spelled
    assert "slope" in error.what


def argument(name, *dims, kind=ArgumentType.TENSOR):
    return Argument(name, kind, shape=Shape(dims))


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([argument("x", "..."), argument("y", "...")], {"x", "y"}),
        ([argument("x", "...")], set()),
        ([argument("x", "..."), argument("w", "features")], set()),
        ([argument("x", "..."), argument("y", "...", "features")], set()),
        (
            [argument("x", "..."), argument("at", "...", kind=ArgumentType.INDEX)],
            set(),
        ),
        (
            [
                argument("x", "..."),
                argument("b", "...", kind=ArgumentType.OPTIONAL_TENSOR),
            ],
            {"x", "b"},
        ),
    ],
)
def test_arguments_of_any_shape_broadcast_together(arguments, found):
    assert component.broadcast(arguments) == found


FORWARD = """def other(x):
    return x


def ripple(x):
    y = x.sin()
    return y.exp()
"""


def forward_of(tmp_path):
    return spec_of(tmp_path, FORWARD).op.forward


def test_a_line_of_the_executed_text_is_one_of_the_user_s_file(tmp_path):
    forward = forward_of(tmp_path)
    lines = forward.text.splitlines()
    at = lines.index("    y = x.sin()") + 1

    place = component.locator(forward)(at)

    user = (tmp_path / "forwards.py").read_text().splitlines()
    assert user[place.line - 1] == "    y = x.sin()"
    assert (place.source, place.text) == (forward.source, "y = x.sin()")


@pytest.mark.parametrize("line", [0, 1000])
def test_a_line_that_is_none_is_the_forward_s_own(tmp_path, line):
    forward = forward_of(tmp_path)

    place = component.locator(forward)(line)

    assert place.line == forward.first_line
    assert place.text.startswith("def ripple")


def test_an_expression_has_one_place(tmp_path):
    forward = spec_of(tmp_path, "x.sin()").op.forward

    place = component.locator(forward)(7)

    assert place == Place("--forward", text="x.sin()")


def test_a_refusal_names_the_user_s_line(refusal):
    error = refusal("def ripple(x):\n    y = x.sin()\n    return y[y > 0]\n")

    assert error.place.text == "return y[y > 0]"
    assert error.place.line == 5
