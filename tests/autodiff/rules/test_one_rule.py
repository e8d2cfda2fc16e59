"""What trying a rule finds: each of these is wrong in one way."""

import pytest
import torch

from tests.autodiff.rules.definition import as_rule
from tests.autodiff.rules.one_rule import report
from tests.autodiff.rules.samples import entries
from tests.autodiff.rules.subject import Subject


def of_wrong_sign(grad, out, input):
    return (-grad * out * (1 - out),)


def constant_in_second_order(grad, out, input):
    return (grad * (out * (1 - out)).detach(),)


def naive_far_from_zero(grad, out, input):
    return (grad * torch.exp(-input) / (1 + torch.exp(-input)) ** 2,)


def of_another_dtype(grad, out, input):
    return (grad * out * (torch.ones_like(out, dtype=torch.float64) - out),)


def too_large(grad, out, input):
    return ((grad * out * (1 - out)).expand(2, *out.shape),)


def no_tuple(grad, out, input):
    return grad * out * (1 - out)


def raising(grad, out, input):
    return ((grad * out * (1 - out)).squeeze(out.dim() + 1),)


def expecting_the_whole_cotangent(grad, out, input):
    return (grad.reshape(input.shape) * out * (1 - out),)


def half_at_zero(grad, out, input, inplace=False):
    return (grad * (input.sign() + 1) / 2,)


def looking_at_a_number(grad, out, input, alpha=1.0, inplace=False):
    slope = out + alpha if alpha != 2 else out + 2
    return (torch.where(input > 0, grad, grad * slope),)


def of_too_few_parameters(grad, out, input):
    return (torch.where(input > 0, grad, 0),)


@pytest.mark.parametrize(
    ("family", "key", "rule", "what"),
    [
        ("pointwise", "sigmoid", of_wrong_sign, "gradient of tensor 0"),
        ("pointwise", "sigmoid", constant_in_second_order, "second derivative"),
        ("pointwise", "sigmoid", naive_far_from_zero, "at awkward values: gradient"),
        ("pointwise", "sigmoid", of_another_dtype, "is torch.float64"),
        ("pointwise", "sigmoid", too_large, "has the shape"),
        ("pointwise", "sigmoid", no_tuple, "no tuple"),
        ("pointwise", "sigmoid", raising, "IndexError"),
        ("pointwise", "sigmoid", expecting_the_whole_cotangent, "RuntimeError"),
        ("rectifiers", "relu", half_at_zero, "at awkward values: gradient"),
        ("activations", "elu", looking_at_a_number, "looks at the value"),
        ("rectifiers", "leaky_relu", of_too_few_parameters, "does not bind"),
    ],
)
def test_a_wrong_rule_is_found(family, key, rule, what):
    subject = Subject(family, key, rule, is_elementwise=True, is_complex=False)

    assert any(what in problem for problem in report(subject).problems)


def test_a_gradient_for_a_number_is_found():
    def for_both(grad, out, input, other):
        return grad * other, grad * input

    subject = Subject("arithmetic", "mul", for_both, True, False)

    assert any("other is 2.5" in problem for problem in report(subject).problems)


def test_a_rule_outside_the_elementwise_families_fits_the_operand_itself():
    def of_another_shape(grad, out, input, diagonal=0):
        return (grad.tril(diagonal).expand(2, *input.shape),)

    subject = Subject("none", "tril", of_another_shape, False, False)

    assert any("has the shape" in problem for problem in report(subject).problems)


def test_a_rule_that_covers_nothing_is_not_right():
    def never(grad, out, input):
        return NotImplemented

    found = report(Subject("none", "sigmoid", never, True, False))

    assert (found.covered, found.problems, found.is_right()) == (0, (), False)


@pytest.mark.parametrize("key", ["sigmoid", "special.entr", "linear", "getitem"])
def test_the_database_is_found_by_the_names_of_rules(key):
    assert entries()[key]


def test_a_definition_of_another_value_is_found():
    def doubled(input):
        return 2 * torch.sigmoid(input)

    subject = Subject("none", "sigmoid", as_rule(doubled), False, False)

    assert any("not close" in problem for problem in report(subject).problems)


def test_a_definition_is_differentiated_through():
    def by_tanh(input):
        return (torch.tanh(input / 2) + 1) / 2

    subject = Subject("none", "sigmoid", as_rule(by_tanh), False, False)

    assert report(subject).is_right()
