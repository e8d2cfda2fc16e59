"""The reverse sweep: who hands a gradient to whom, in which shape, dtype and form."""

import pytest
import torch
import torch.nn.functional as F

from layergen.autodiff import reverse
from layergen.autodiff.derive import derived
from layergen.autodiff.refusal import Reason
from layergen.autodiff.rules import arithmetic
from layergen.emit.printing import printed
from layergen.errors import CannotDerive
from tests.emit.graphs import arguments


def values(*sizes):
    return torch.randn(sizes, dtype=torch.float64)


MATRIX, ROW, VECTOR = values(2, 3), values(3), values(4)


def backward(function, *inputs, **options):
    """Derive a function, and print the statements of its backward."""
    found = derived(function, inputs, **options)
    texts = printed("Function", arguments(*found.names), found, ())
    return [line for block in texts.backward for line in block.lines]


def test_the_gradients_of_several_uses_are_added():
    lines = backward(lambda x: x.sin() + x.exp(), VECTOR)

    assert lines == ["grad_x = grad_out * (x.exp() + torch.cos(x))"]


def test_a_use_as_both_operands_counts_twice():
    lines = backward(lambda x: x + x, VECTOR)

    assert lines == ["grad_x = grad_out + grad_out"]


def test_a_product_of_a_value_with_itself_is_a_square():
    lines = backward(lambda x: x * x, VECTOR)

    assert lines == ["grad_x = 2 * grad_out * x"]


def test_what_a_root_and_a_square_double_and_halve_cancels():
    lines = backward(lambda x: torch.sqrt(x * x + 1), VECTOR)

    assert lines == ["grad_x = grad_out * x / torch.sqrt(x * x + 1)"]


def test_a_sum_is_known_the_other_way_round():
    lines = backward(
        lambda x, y: torch.sqrt(x**2 + y**2) * torch.atan2(x, y), VECTOR, VECTOR
    )

    assert "total = x ** 2 + y ** 2" in lines
    assert "".join(lines).count("**") == 2


def test_the_gradient_of_a_sum_is_expanded_at_the_end():
    lines = backward(lambda x: x.sum(), MATRIX)

    assert lines == ["grad_x = grad_out.expand(ctx.x_shape)"]


def test_the_gradient_of_a_mean_broadcasts_where_it_meets_others():
    lines = backward(lambda x: x - x.mean(-1, keepdim=True), MATRIX)

    assert lines == [
        "grad_x = grad_out - grad_out.sum(-1, keepdim=True) / grad_out.shape[-1]"
    ]


def test_a_gradient_that_only_broadcasts_is_expanded_before_a_rule_that_needs_it_whole():
    """A product takes a gradient of exactly its result's shape."""
    lines = backward(lambda x, w: (x @ w).sum(), MATRIX, values(3, 4))

    assert any(".expand(" in line for line in lines)


def test_a_gradient_is_summed_over_what_its_operand_was_broadcast_along():
    lines = backward(lambda x, w: x * w, MATRIX, ROW)

    assert lines[-1] == "grad_w = (grad_out * x).sum_to_size(w.shape)"


def test_the_sum_stands_inside_of_a_minus_sign():
    lines = backward(lambda x, w: x - w, MATRIX, ROW)

    assert lines[-1] == "grad_w = -grad_out.sum_to_size(ctx.w_shape)"


def test_what_may_broadcast_otherwise_is_always_summed():
    lines = backward(lambda x, w: x + w, MATRIX, MATRIX + 1, broadcast=("x", "w"))

    assert lines == [
        "grad_x = grad_out.sum_to_size(ctx.x_shape)",
        "grad_w = grad_out.sum_to_size(ctx.w_shape)",
    ]


def test_what_is_summed_already_is_not_summed_again():
    lines = backward(lambda x, w: x * w, MATRIX, ROW, broadcast=("x", "w"))

    assert lines[-1].count("sum_to_size") == 1


def test_several_results_hand_back_one_gradient():
    def halves(x):
        a, b = x.chunk(2, -1)
        return a * b.exp()

    *_, last = backward(halves, VECTOR)

    assert last.startswith("grad_x = torch.cat([")


def test_a_result_without_a_gradient_counts_as_zeros():
    def one_half(x):
        a, _ = x.chunk(2, -1)
        return a.sin()

    *_, last = backward(one_half, VECTOR)

    assert "new_zeros" in last


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * x.detach().sin(),
        lambda x: x * x.sin().detach(),
        lambda x: x * torch.ones_like(x),
        lambda x: x * x.round(),
    ],
)
def test_no_gradient_passes_what_is_constant(function):
    [line] = backward(function, VECTOR)

    assert "cos" not in line
    assert line.count("grad_out") == 1


def test_no_gradient_passes_a_block_without_gradients():
    def forward(x):
        with torch.no_grad():
            scale = x.sin()
        return x * scale

    assert backward(forward, VECTOR) == ["grad_x = grad_out * scale"]


def test_a_gradient_comes_back_in_its_operand_s_dtype():
    lines = backward(lambda x: x.float().sin(), VECTOR)

    assert lines[-1].endswith(".to(x.dtype)")


@pytest.mark.parametrize("dtype", [torch.float32, None])
def test_beside_another_dtype_a_gradient_is_brought_back_to_the_inputs(dtype):
    """Inputs in a narrow dtype are widened by it, and so is what comes back."""
    [line] = backward(lambda x: x * torch.ones(4, dtype=dtype), VECTOR)

    assert line.endswith(".to(grad_out.dtype)")


def test_beside_their_own_dtype_a_gradient_needs_no_conversion():
    [line] = backward(lambda x: x * torch.ones(4, dtype=x.dtype), VECTOR)

    assert ".to(" not in line


def test_an_operation_is_differentiated_as_what_it_is_defined_as():
    found = derived(lambda x: F.normalize(x), [MATRIX])

    assert "normalize" not in {
        each.op for each in found.graph.nodes if each.phase != "forward"
    }
    assert found.fallbacks == ()


def test_the_gradient_of_a_variable_bears_its_name():
    def forward(x):
        scores = x.sin()
        return scores * scores.exp()

    lines = backward(forward, VECTOR)

    assert any(line.startswith("grad_scores = ") for line in lines)


def test_each_output_has_its_own_incoming_gradient():
    found = derived(lambda x: (x.sin(), x.exp(), x > 0), [VECTOR])

    assert [each is None for each in found.cotangents] == [False, False, True]


def test_only_what_is_wanted_has_a_gradient():
    found = derived(lambda x, w: x * w, [MATRIX, ROW], wanted=[1])

    assert [each is None for each in found.gradients] == [True, False]


def test_integers_have_no_gradient():
    found = derived(lambda x, at: x[at], [VECTOR, torch.tensor([0, 1])])

    assert [each is None for each in found.gradients] == [False, True]


def test_an_operation_without_a_rule_goes_through_autograd(monkeypatch):
    monkeypatch.setattr(reverse, "RULES", {})

    found = derived(lambda x: x.sin(), [VECTOR])

    assert found.fallbacks == ("sin",)


def test_a_call_that_its_rule_does_not_cover_goes_through_autograd(monkeypatch):
    monkeypatch.setattr(
        reverse, "RULES", {"sin": lambda grad, out, input: NotImplemented}
    )

    assert derived(lambda x: x.sin(), [VECTOR]).fallbacks == ("sin",)


def test_a_rule_that_is_not_for_complex_numbers_leaves_them_to_autograd(monkeypatch):
    def forward(x):
        return torch.complex(x, x).abs() * x.abs()

    assert derived(forward, [VECTOR]).fallbacks == ()

    monkeypatch.setattr(reverse, "COMPLEX", frozenset())
    assert derived(forward, [VECTOR]).fallbacks == ("abs", "complex")


def test_a_rule_is_asked_before_autograd(monkeypatch):
    monkeypatch.setattr(reverse, "RULES", {"sin": lambda grad, out, input: (grad * 7,)})
    monkeypatch.setattr(reverse, "ELEMENTWISE", frozenset({"sin"}))

    assert backward(lambda x: x.sin(), VECTOR) == ["grad_x = 7 * grad_out"]


def test_a_gradient_that_a_rule_leaves_out_is_none(monkeypatch):
    monkeypatch.setattr(
        reverse, "RULES", {"atan2": lambda grad, out, x, y: (None, grad)}
    )

    found = derived(lambda x, y: torch.atan2(x, y), [VECTOR, VECTOR + 1])

    assert [each is None for each in found.gradients] == [True, False]


def test_what_a_rule_gives_too_large_is_summed(monkeypatch):
    monkeypatch.setattr(
        reverse, "RULES", {"atan2": lambda grad, out, x, y: (grad, grad)}
    )

    lines = backward(lambda x, y: torch.atan2(x, y), MATRIX, ROW)

    assert "grad_y = grad_out.sum_to_size(ctx.y_shape)" in lines


def refusal(function, *inputs, **options):
    with pytest.raises(CannotDerive) as error:
        derived(function, inputs, **options)
    return error.value.reason


def test_without_the_fallback_an_operation_without_a_rule_is_refused(monkeypatch):
    monkeypatch.setattr(reverse, "RULES", {})

    assert refusal(lambda x: x.sin(), VECTOR, fallback=False) == Reason.NO_RULE.spelled


def test_an_operation_that_hides_its_random_numbers_is_refused():
    found = refusal(lambda x: F.rrelu(x, training=True), VECTOR)

    assert found == Reason.HIDDEN_RANDOM.spelled


def test_a_forward_through_which_no_gradient_comes_is_refused():
    assert refusal(lambda x: x.sign(), VECTOR) == Reason.NO_GRADIENT_PATH.spelled


def test_the_square_of_a_complex_number_has_its_conjugate():
    z = torch.randn(3, dtype=torch.complex128, requires_grad=True)
    grad = torch.randn(3, dtype=torch.complex128)
    (theirs,) = torch.autograd.grad(z * z, z, grad)

    (ours,) = arithmetic.mul(grad, z * z, z, z)

    torch.testing.assert_close(ours, theirs)
