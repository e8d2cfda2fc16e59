"""docs/deriving.md: its table is the enumeration's, its examples and outputs are real."""

import doctest
import importlib.util
import inspect
import re
from functools import cache
from pathlib import Path

import pytest
import torch

import layergen
from layergen import pipeline
from layergen.autodiff.refusal import REPORT, Reason
from layergen.cli.main import main
from layergen.emit.cost import told
from layergen.spec.model import Kind
from layergen.spec.request import Request
from tests.autodiff.refusable import REFUSED

PAGE = (Path(__file__).parents[1] / "docs" / "deriving.md").read_text()
FAILURES = Path(__file__).parent / "failures"
THEIRS = [each for each in Reason if each.value.instead != REPORT]
OURS = [each for each in Reason if each.value.instead == REPORT]
# What no forward that we know of brings about: a net below the other reasons.
UNREACHED = {"backend-operator", "nested-result", "no-rule"}
REFUSALS = re.findall(r"ValueError: (.+)\n", PAGE)
ROW = re.compile(r"\| `([a-z-]+)` \| (.+) \| (.+) \|")

RMS_NORM = """
import torch


def rms_norm(x, weight, eps=1e-6):
    rms = torch.rsqrt(x.square().mean(-1, keepdim=True) + eps)
    return x * rms * weight
"""


def rows() -> dict[str, tuple[str, str]]:
    """Read the table: an example and what to write instead, by the reason."""
    table = PAGE[PAGE.index("| reason | for example | instead |") :]
    found = map(ROW.fullmatch, table.splitlines())
    return {each[1]: (each[2], each[3]) for each in found if each}


@cache
def refused(reason: str) -> str:
    """Join the texts of the forwards that our tests have refused for a reason."""
    cases = [each.parent for each in FAILURES.glob("*/reason")]
    texts = [
        file.read_text()
        for case in cases
        if (case / "reason").read_text().strip() == reason
        for file in (case / "files").glob("*.py")
    ]
    forms = [form for form, _, why in REFUSED if why.spelled == reason]
    return "\n".join([*texts, *map(inspect.getsource, forms)])


def test_every_reason_has_a_row():
    assert list(rows()) == [each.spelled for each in THEIRS]


@pytest.mark.parametrize("reason", THEIRS, ids=lambda each: each.spelled)
def test_a_row_says_what_the_message_says(reason):
    _, instead = rows()[reason.spelled]

    stub = " Or `--backward stub`." if reason.value.stub else ""
    assert instead == reason.value.instead + stub


@pytest.mark.parametrize("reason", THEIRS, ids=lambda each: each.spelled)
def test_an_example_is_refused_for_its_reason(reason):
    example, _ = rows()[reason.spelled]

    if reason.spelled in UNREACHED:
        assert (example, refused(reason.spelled)) == ("—", "")
    else:
        assert example.strip("`") in refused(reason.spelled)


@pytest.mark.parametrize("reason", OURS, ids=lambda each: each.spelled)
def test_faults_of_our_own_are_named(reason):
    assert f"`{reason.spelled}`" in PAGE


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_in_python_answer_as_shown():
    text = "\n".join(each for each in blocks("python") if each.startswith(">>>"))
    test = doctest.DocTestParser().get_doctest(text, {}, "deriving.md", None, 0)
    wrong: list[str] = []

    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
        test, out=wrong.append
    )

    assert result.attempted > 5
    assert not wrong, "".join(wrong)


def planned(folder, monkeypatch, **request):
    """Plan an op, and take the text of op.py."""
    monkeypatch.chdir(folder)
    plan = pipeline.create(Request(Kind.OP, **request), into=folder)
    [text] = [each.after.decode() for each in plan.changes if each.path.name == "op.py"]
    return plan, text


def test_the_command_writes_what_is_shown(tmp_path, monkeypatch):
    plan, text = planned(
        tmp_path,
        monkeypatch,
        name="swish",
        forward="x * sigmoid(beta * x)",
        arguments=("beta:float=1.0",),
    )

    [shown] = [each for each in blocks("python") if each.startswith("class")]
    assert shown in text
    for line in told(plan.cost)[:2]:
        assert line in blocks("text")[0]


def test_what_has_a_gradient_of_its_own_is_as_shown():
    def squared_error(prediction, target):
        error = prediction - target
        return error.square().mean()

    [shown] = [each for each in blocks("python") if "grad_error" in each]
    example = (torch.randn(3, 4), torch.randn(3, 4))
    assert shown in layergen.derive(squared_error, example).source


def test_what_the_limits_name_keeps_its_input():
    def leaky(x):
        return torch.where(x > 0, x, 0.1 * x)

    [saved] = layergen.derive(leaky, (torch.randn(3, 4),)).saved

    assert saved.name == "x"
    assert inspect.getsource(leaky).split("return ")[1].strip() in PAGE


def test_the_refused_shapes_are_worded_as_shown(tmp_path, monkeypatch):
    (tmp_path / "forwards.py").write_text(RMS_NORM)

    _, text = planned(
        tmp_path,
        monkeypatch,
        name="rms_norm",
        from_="forwards.py:rms_norm",
        shapes=("x=...,dim", "weight=dim"),
    )

    assert REFUSALS[0] in text


def test_the_refused_sizes_are_worded_as_shown():
    def halves(x):
        one, other = x.tensor_split(2, 1)
        return one.sin(), other.cos()

    assert REFUSALS[1] in layergen.derive(halves, (torch.randn(3, 4),)).source


def test_the_layer_s_command_writes_an_op_and_a_layer(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "forwards.py").write_text(RMS_NORM)
    [command] = re.findall(r"`layergen (new-layer [^`]+)`", PAGE)

    assert main([*command.split(), "--dry-run"]) == 0

    told = capsys.readouterr().out
    assert "rms_norm/op.py" in told
    assert "rms_norm/layer.py" in told


def test_the_note_is_worded_as_shown():
    def softp(x):
        return torch.log(1 + torch.exp(x))

    [note] = layergen.derive(softp, (torch.randn(3),)).notes

    assert f"    {note}\n" in PAGE


def test_the_commands_it_names_are_there():
    named = set(re.findall(r"python -m ([\w.]+)", PAGE))

    assert len(named) >= 3
    assert all(map(importlib.util.find_spec, named))
