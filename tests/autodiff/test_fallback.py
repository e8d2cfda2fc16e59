"""One operation differentiated through autograd: right, by public names, or refused."""

import pytest
import torch
import torch.nn.functional as F

from layergen.autodiff.fallback import through_autograd
from layergen.autodiff.refusal import Reason
from layergen.errors import CannotDerive
from layergen.ir.graph import Kind, Phase
from tests.autodiff.taped import recorder_of


def values(*sizes):
    return torch.randn(sizes, dtype=torch.float64)


class Differentiated:
    """An operation on tensors, and what autograd's way back left on its tape."""

    def __init__(self, compute, *tensors, live=None, without=()):
        names = {f"x{at}": each for at, each in enumerate(tensors)}
        recorder = recorder_of(Phase.FORWARD, **names)
        with torch.enable_grad(), recorder:
            result = compute(*tensors)
        self.tape = recorder.tape
        first = result if isinstance(result, torch.Tensor) else result[0]
        entry = self.tape.find(first)
        if entry.kind is Kind.PART:
            entry = self.tape[entry.args[0].node]
        self.tape.phase = Phase.BACKWARD
        self.gradient = self.seeded(result, without)
        start = len(self.tape.entries)
        alive = set(range(len(tensors))) if live is None else set(live)
        self.pairs = through_autograd(recorder, entry, self.gradient, alive)
        self.entries = self.tape.entries[start:]
        self.wanted = self.by_autograd(compute, tensors)

    def seeded(self, result, without):
        """Put incoming gradients on the tape, but for some of several results."""
        if isinstance(result, torch.Tensor):
            return self.tape.leaf(Kind.COTANGENT, "g", torch.randn_like(result)).result
        return [
            (
                None
                if at in without or not each.is_floating_point()
                else self.tape.leaf(Kind.COTANGENT, "g", torch.randn_like(each)).result
            )
            for at, each in enumerate(result)
        ]

    def by_autograd(self, compute, tensors):
        """Differentiate the same by torch."""
        leaves = [
            each.clone().requires_grad_(each.is_floating_point()) for each in tensors
        ]
        result = compute(*leaves)
        several = not isinstance(result, torch.Tensor)
        results, seeds = (
            (result, self.gradient) if several else ([result], [self.gradient])
        )
        chosen = [
            (one, other)
            for one, other in zip(results, seeds, strict=True)
            if other is not None
        ]
        floating = [each for each in leaves if each.requires_grad]
        return torch.autograd.grad(
            [one for one, _ in chosen], floating, [other for _, other in chosen]
        )

    @property
    def gradients(self):
        return [gradient for _, gradient in self.pairs]

    @property
    def private(self):
        """The operators that the output would have to name by torch.ops."""
        names = [each.operation.name for each in self.entries]
        return {each for each in names if each.startswith("torch.ops.")}


PUBLIC = {
    "gelu": (F.gelu, values(3)),
    "silu": (F.silu, values(3)),
    "mish": (F.mish, values(3)),
    "softplus": (F.softplus, values(3)),
    "hardswish": (F.hardswish, values(3)),
    "group_norm": (lambda x: F.group_norm(x, 2), values(2, 4, 3)),
    "inv": (torch.linalg.inv, values(3, 3)),
    "renorm": (lambda x: torch.renorm(x, 2, 0, 1.0), values(3, 3)),
    "logcumsumexp": (lambda x: torch.logcumsumexp(x, 0), values(4)),
    "bmm": (torch.bmm, values(2, 3, 4), values(2, 4, 5)),
    "index_fill": (lambda x: x.index_fill(0, torch.tensor([1]), 0.0), values(3)),
    "named operand": (lambda x: F.silu(input=x), values(3)),
}
OTHERS = {
    "cdist": (torch.cdist, values(1, 3, 4), values(1, 2, 4)),
    "conv2d": (F.conv2d, values(1, 2, 4, 4), values(3, 2, 2, 2)),
    "svdvals": (torch.linalg.svdvals, values(3, 3)),
    "grid_sample": (
        lambda x, g: F.grid_sample(x, g, align_corners=False),
        values(1, 1, 4, 4),
        values(1, 2, 2, 2).tanh(),
    ),
}


@pytest.mark.parametrize(
    "case", [*PUBLIC.values(), *OTHERS.values()], ids=[*PUBLIC, *OTHERS]
)
def test_gradients_are_those_of_autograd(case):
    found = Differentiated(*case)

    assert [operand.index for operand, _ in found.pairs] == [*range(len(case) - 1)]
    torch.testing.assert_close(found.gradients, list(found.wanted))


@pytest.mark.parametrize("case", PUBLIC.values(), ids=PUBLIC)
def test_private_operators_are_decomposed_into_public_ones(case):
    assert Differentiated(*case).private == set()


@pytest.mark.parametrize("case", PUBLIC.values(), ids=PUBLIC)
def test_every_gradient_is_on_the_tape(case):
    found = Differentiated(*case)

    for gradient in found.gradients:
        assert found.tape.find(gradient).phase is Phase.BACKWARD


def test_an_operator_without_a_decomposition_stays_itself():
    found = Differentiated(*OTHERS["conv2d"])

    assert found.private == {"torch.ops.aten.convolution_backward.default"}


def normalized(name, *options):
    """Normalize by running statistics, by an operator below torch's functions."""
    operator = getattr(torch.ops.aten, name)

    def compute(x):
        row = x.detach()[0]
        return operator(x, row, row, row, row.square(), *options)

    return compute


def test_what_forward_kept_beside_its_result_is_left_to_the_operator_that_knows_it():
    """Written out, the gradient of a mean would be missing from the second derivative."""
    compute = normalized("_batch_norm_no_update", 0.1, 1e-5)

    found = Differentiated(compute, values(4, 3), without=[1, 2, 3])

    assert found.private == {"torch.ops.aten.batch_norm_backward.default"}


def test_an_operator_that_updates_what_it_is_given_is_refused():
    compute = normalized("batch_norm", True, 0.1, 1e-5, False)

    with pytest.raises(CannotDerive) as error:
        Differentiated(compute, values(4, 3))

    assert error.value.reason == Reason.CHANGES_STATE.spelled


def test_an_operation_is_not_computed_again():
    found = Differentiated(lambda x: torch.ops.aten._safe_softmax(x, -1), values(2, 3))

    assert {"softmax", "_safe_softmax"}.isdisjoint(each.op for each in found.entries)
    torch.testing.assert_close(found.gradients, list(found.wanted))


def test_only_what_is_alive_gets_a_gradient():
    found = Differentiated(*OTHERS["cdist"], live=[1])

    assert [operand.index for operand, _ in found.pairs] == [1]


def test_an_operand_that_stands_twice_gets_one_gradient():
    found = Differentiated(lambda x: torch.bmm(x, x), values(2, 3, 3))

    [(operand, gradient)] = found.pairs
    assert operand.index == 0
    torch.testing.assert_close([gradient], list(found.wanted))


def test_integers_get_no_gradient():
    index = torch.tensor([[0, 1, 1]])

    found = Differentiated(
        lambda x, at: torch.gather(x, 0, at), values(2, 3), index, live=[0]
    )

    torch.testing.assert_close(found.gradients, list(found.wanted))


@pytest.mark.parametrize("without", [[], [0], [1]])
def test_of_several_results_those_count_that_a_gradient_came_for(without):
    found = Differentiated(
        lambda x: torch.std_mean(x, 0), values(4, 2), without=without
    )

    torch.testing.assert_close(found.gradients, list(found.wanted))


def test_a_result_of_integers_takes_no_part():
    found = Differentiated(lambda x: torch.topk(x, 2), values(5))

    torch.testing.assert_close(found.gradients, list(found.wanted))


def test_no_gradient_at_all_gives_none():
    recorder = recorder_of(Phase.FORWARD, x=values(3))
    with torch.enable_grad(), recorder:
        entry = recorder.tape.find(recorder.tape[0].result.sign())

    assert through_autograd(recorder, entry, values(3), set()) == []


def test_what_is_recorded_can_be_differentiated_again():
    """silu_backward could not: autograd is asked for formulas that have derivatives."""
    ops = {each.op for each in Differentiated(F.silu, values(3)).entries}

    assert "sigmoid" in ops
    assert not any("backward" in each for each in ops)


@pytest.mark.parametrize(
    ("compute", "reason"),
    [
        (lambda x: x.as_strided((2, 2), (1, 1)), Reason.MEMORY_LAYOUT),
        (lambda x: torch.igamma(x, x), Reason.NO_DERIVATIVE),
    ],
)
def test_what_autograd_can_not_write_down_is_refused(compute, reason):
    with pytest.raises(CannotDerive) as error:
        Differentiated(compute, values(3))

    assert error.value.reason == reason.spelled
