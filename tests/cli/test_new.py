"""From the words of a `new-*` command to a request, and to what is done with its plan."""

import sys
from pathlib import Path

import pytest

from layergen.cli.main import main
from layergen.output.plan import Action
from layergen.spec.model import Backward, Kind, Recompute
from layergen.spec.request import Request
from tests.cli.conftest import Pipeline


def test_every_option_reaches_the_request(pipeline: Pipeline) -> None:
    options = {
        "--forward": "x * beta",
        "--from": "f.py:f",
        "--like": "relu",
        "--arg": "gamma:float",
        "--shape": "x=batch",
        "--param": "beta=1.0",
        "--buffer": "mean=0.0",
        "--submodule": "gate=nn.ReLU()",
        "--case": "batch=2",
        "--backward": "derived",
        "--recompute": "none",
    }

    assert (
        main(
            ["new-layer", "Wave", *(word for pair in options.items() for word in pair)]
        )
        == 0
    )

    assert pipeline.requests == [
        Request(
            Kind.LAYER,
            "Wave",
            forward="x * beta",
            from_="f.py:f",
            like="relu",
            arguments=("gamma:float",),
            shapes=("x=batch",),
            parameters=("beta=1.0",),
            buffers=("mean=0.0",),
            submodules=("gate=nn.ReLU()",),
            cases=("batch=2",),
            backward=Backward.DERIVED,
            recompute=Recompute.NONE,
        )
    ]


@pytest.mark.parametrize(
    ("command", "kind"),
    [("new-layer", Kind.LAYER), ("new-op", Kind.OP), ("new-loss", Kind.LOSS)],
)
def test_a_bare_name_is_a_request_for_the_default(
    pipeline: Pipeline, command: str, kind: Kind
) -> None:
    main([command, "wave"])

    assert pipeline.requests == [Request(kind, "wave")]


def test_an_option_may_come_more_than_once(pipeline: Pipeline) -> None:
    main(["new-op", "wave", "--arg", "a:float", "--arg", "b:int"])

    assert pipeline.requests[0].arguments == ("a:float", "b:int")


def test_the_places_reach_the_pipeline(pipeline: Pipeline) -> None:
    main(["new-op", "wave", "--into", "src", "--tests-into", "tests", "--force"])

    settings = pipeline.settings[0]
    assert settings.pop("on_progress")
    assert settings == {"into": Path("src"), "tests_into": Path("tests"), "force": True}
    assert pipeline.recovered == [Path(), Path("src"), Path("tests")]


def test_what_was_done_is_told(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new-op", "wave"])

    assert pipeline.written
    assert capsys.readouterr() == (
        "   create  wave/op.py\n"
        "\n"
        "wave(x) -> Tensor\n"
        "\n"
        "Use it:      from wave import wave\n"
        "Test it:     layergen test wave\n",
        "",
    )


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_a_dry_run_writes_nothing_and_says_so(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert main(["new-op", "wave", option]) == 0

    assert not pipeline.written
    assert capsys.readouterr().out.endswith("\nNothing was written.\n")


def test_a_diff_shows_the_lines(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["new-op", "wave", "--diff"])

    assert "\n+x = 1\n" in capsys.readouterr().out


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--diff"]])
def test_a_dry_run_ends_as_the_real_run(pipeline: Pipeline, options: list[str]) -> None:
    pipeline.action = Action.CONFLICT

    assert main(["new-op", "wave", *options]) == 3
    assert not pipeline.written


def test_an_edited_file_is_named_before_it_is_replaced(
    pipeline: Pipeline,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pipeline.action, pipeline.edited = Action.OVERWRITE, True
    named: list[str] = []
    monkeypatch.setattr(
        pipeline, "write", lambda plan: named.append(capsys.readouterr().err)
    )

    main(["new-op", "wave", "--force"])

    assert named == ["note: replacing wave/op.py, which was edited by hand\n"]


def test_a_missing_name_is_asked_for_on_a_terminal(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda question: "wave")

    main(["new-op"])

    assert pipeline.requests[0].name == "wave"


def test_a_missing_name_is_an_error_without_a_terminal(pipeline: Pipeline) -> None:
    assert main(["new-op"]) == 2
    assert pipeline.requests == []


def test_the_places_for_formulas_are_named_by_line(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline.after = b"""def backward(ctx, grad):
    if ctx.needs_input_grad[0]:
        _, vjp = torch.func.vjp(lambda x: f(x), x)
        (grad_x,) = vjp(grad)
    return grad_x
"""

    main(["new-op", "wave"])

    assert "replace lines 3-4 (grad_x)" in capsys.readouterr().out


def test_regenerate_takes_the_folder_or_its_record(pipeline: Pipeline) -> None:
    assert main(["regenerate", "a/wave"]) == 0
    assert main(["regenerate", "a/wave/layergen.toml"]) == 0

    assert pipeline.recovered == [Path(), Path("a")] * 2
