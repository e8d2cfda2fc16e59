import pytest

from layergen.cli.main import main
from layergen.spec.bundled import example_names
from tests.cli.conftest import Pipeline


def test_a_program_gets_a_line_an_example_and_the_name_first(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["list"])

    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [name for name, _, _ in lines] == list(example_names())
    assert all(makes and shows for _, makes, shows in lines)


def test_a_person_gets_a_table(
    pipeline: Pipeline,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    main(["list"])

    shown = capsys.readouterr().out
    assert "makes" in shown
    assert all(name in shown for name in example_names())
