"""A fixed few rules with every fault in them; the whole by `python -m tests.benchmarks.rule_mutants`."""

import ast

import pytest
import torch

from layergen.autodiff.rules import composites_attention, rectifiers
from tests.benchmarks.rule_mutants.edits import edits_of
from tests.benchmarks.rule_mutants.hits import hits
from tests.benchmarks.rule_mutants.journal import Journal, key_of
from tests.benchmarks.rule_mutants.judge import (
    MOST,
    Finding,
    Outcome,
    is_enough,
    judged,
    judgement_of,
)
from tests.benchmarks.rule_mutants.mutant import Kind, Statement
from tests.benchmarks.rule_mutants.named import FAULTS, caught_by
from tests.benchmarks.rule_mutants.planting import planted
from tests.benchmarks.rule_mutants.reach import keys_of
from tests.benchmarks.rule_mutants.reviewed import reviewed, surprises
from tests.benchmarks.rule_mutants.statements import mutants_of, statements

# Of each kind of family one: a kink, a sum, a statistic, a product, a loss, a copy into place.
FEW = (
    "rectifiers.relu",
    "activations.silu",
    "activations.celu",
    "moments.var",
    "products.mm",
    "softmax.softmax",
)


def statement(title: str) -> Statement:
    [found] = [each for each in statements() if each.title == title]
    return found


def written(text: str) -> Statement:
    """Make a statement of one that is in no family."""
    [tree] = ast.parse(text).body
    return Statement("rectifiers", "relu", tree)


def lines_at(made: Statement) -> frozenset[tuple[str, int]]:
    """List the lines of a statement, without its signature and docstring."""
    first, last = made.tree.body[-1].lineno, made.tree.end_lineno
    return frozenset((made.module, line) for line in range(first, last + 1))


@pytest.mark.parametrize("title", FEW)
def test_every_fault_is_stopped_or_harmless(title):
    judgements = [judged(each) for each in mutants_of(statement(title))]

    assert len(judgements) > 5
    assert list(surprises(judgements, reviewed())) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.name)
def test_a_named_fault_is_caught_by_the_check_that_is_for_it(fault):
    assert caught_by(fault) == fault.check


def test_what_is_right_is_not_caught():
    change = "input > 0 -> input >= 0"  # at 0, both sides of celu have the slope 1
    celu = mutants_of(statement("activations.celu"))
    [mutant] = [each for each in celu if each.change == change]

    assert judged(mutant).outcome is Outcome.SURVIVED


def test_a_listed_fault_is_one_that_can_be_planted():
    known = {mutant.title for each in statements() for mutant in mutants_of(each)}

    assert set(reviewed()) - known == set()


def test_a_fault_is_taken_out_again():
    code, names = rectifiers.relu.__code__, dict(vars(rectifiers))
    [mutant, *_] = mutants_of(statement("rectifiers.relu"))

    with planted(mutant):
        assert rectifiers.relu.__code__ is not code

    assert rectifiers.relu.__code__ is code
    assert vars(rectifiers) == names


def test_a_method_is_a_statement_and_a_type_is_none():
    titles = {each.title for each in statements()}

    assert {"composites_attention.Heads.mask", "moments.var"} <= titles
    assert not {"composites_attention.Heads", "moments.Pair"} & titles


def test_a_fault_in_a_method_is_taken_out_again():
    method = composites_attention.Heads.followed
    [mutant, *_] = mutants_of(statement("composites_attention.Heads.followed"))
    code = method.__code__

    with planted(mutant):
        assert method.__code__ is not code

    assert method.__code__ is code


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("reduced.mean", "var"),
        ("reduced.with_dims", "sum"),
        ("composites_attention.Heads.added", "multi_head_attention_forward"),
    ],
    ids=["by its module's name", "by its own name", "by its class"],
)
def test_a_rule_is_found_that_leans_on_a_statement(title, key):
    assert key in keys_of(statement(title))


def test_only_the_lines_that_run_are_hit():
    relu, x = rectifiers.relu, torch.ones(3)
    code = relu.__code__

    with hits() as found:
        rectifiers.leaky_relu(x, x, x)

    assert relu.__code__ is code
    names = {
        lines_at(statement(f"rectifiers.{each}")) for each in ("relu", "leaky_relu")
    }
    run = {bool(each & found) for each in names}
    assert run == {True, False}


def test_a_journal_gives_back_what_was_judged(tmp_path):
    mutant, other, *_ = mutants_of(statement("rectifiers.relu"))
    judgement = judgement_of(
        mutant, [Finding(Outcome.CAUGHT, "relu 0 alone", "values")]
    )
    journal = Journal(tmp_path / "journal")

    assert journal.known() == {}
    journal.add(mutant, judgement)

    assert journal.known() == {key_of(mutant): judgement}
    assert key_of(other) not in journal.known()


def test_calls_of_the_same_text_are_not_counted():
    same, passed = Outcome.SAME, Outcome.SURVIVED

    assert not is_enough([same] * 2 * MOST)
    assert not is_enough([same, passed] * (MOST - 1))
    assert is_enough([same, passed] * MOST)


def test_what_was_judged_of_another_text_is_not_known():
    one = written("def relu(grad):\n    return -grad, 1")
    other = written("def relu(grad):\n    return -grad, 2")
    changes = [
        {each.change: each for each in mutants_of(made)} for made in (one, other)
    ]

    assert key_of(changes[0]["-grad -> grad"]) != key_of(changes[1]["-grad -> grad"])


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a - b", {"a + b", "b - a", "a", "-b"}),
        ("a * b", {"a", "b"}),
        ("a / b", {"a", "1 / b"}),
        ("-a", {"a"}),
        ("a > 0", {"a >= 0"}),
        ("-2", {"2", "-3"}),
        ("x.sum(0)", {"x"}),
        ("torch.sum(x, 0)", {"x"}),
        ("x.mT", {"x"}),
        ("torch.where(c, a, b)", {"torch.where(c, b, a)", "a", "b"}),
        ("x.exp()", set()),
        ("True", set()),
    ],
)
def test_an_expression_has_these_faults(text, faults):
    node = ast.parse(text, mode="eval").body

    assert {ast.unparse(after) for _, after in edits_of(node)} == faults


def test_each_gradient_is_negated_and_left_out():
    made = written("def relu(grad, out, input):\n    return (grad, -out)")

    assert {(each.kind, each.change) for each in mutants_of(made)} == {
        (Kind.SIGN, "grad -> -(grad)"),
        (Kind.GRADIENT, "grad -> None"),
        (Kind.SIGN, "-out -> out"),
        (Kind.GRADIENT, "-out -> None"),
    }


def test_conditions_stay_as_they_are():
    made = written("def relu(grad, dim):\n    if dim > 0:\n        return grad\n")

    assert {each.change for each in mutants_of(made)} == {"grad -> -(grad)"}
