"""Finding a component's tests, and what pytest says of them."""

import subprocess
from pathlib import Path

import pytest

from layergen.check.run import Component, components, run
from layergen.errors import BadRequest
from tests.check.sample import FAILS, PASSES, component


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-q -p no:cacheprovider")


def test_a_component_is_found_by_its_folder_or_its_record(tmp_path: Path) -> None:
    folder = component(tmp_path / "one")

    expected = (Component(folder, folder / "tests"),)
    assert components(folder) == expected
    assert components(folder / "layergen.toml") == expected


def test_every_component_below_is_found(tmp_path: Path) -> None:
    folders = {component(tmp_path / "a"), component(tmp_path / "deep" / "er" / "b")}
    component(tmp_path / ".venv" / "c")
    component(tmp_path / "venv" / "site-packages" / "d")

    assert {each.folder for each in components(tmp_path)} == folders


def test_tests_are_found_where_the_record_says(tmp_path: Path) -> None:
    folder = component(tmp_path / "one", tests_into="../checks")

    (found,) = components(folder)

    assert found.tests is not None
    assert found.tests.resolve() == tmp_path / "checks" / "test_one"


@pytest.mark.parametrize("path", ["nowhere", "empty", "notes.txt"])
def test_a_path_without_a_component_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()

    with pytest.raises(BadRequest):
        components(tmp_path / path)


def test_tests_that_pass_pass(tmp_path: Path) -> None:
    assert run(components(component(tmp_path / "one"))).passed


def test_one_that_fails_is_told(tmp_path: Path) -> None:
    component(tmp_path / "good")
    component(tmp_path / "bad", FAILS)

    verdict = run(components(tmp_path))

    assert not verdict.passed
    assert verdict.reason == "a generated test failed"


def test_a_component_without_tests_does_not_pass(tmp_path: Path) -> None:
    component(tmp_path / "good")
    bare = component(tmp_path / "bare", test=None)

    verdict = run(components(tmp_path))

    assert not verdict.passed
    assert verdict.untested == (bare,)


def test_an_empty_file_of_tests_does_not_pass(tmp_path: Path) -> None:
    verdict = run(components(component(tmp_path / "one", test="")))

    assert not verdict.passed
    assert verdict.reason == "pytest found no test"


def test_components_of_one_name_do_not_meet(tmp_path: Path) -> None:
    component(tmp_path / "a" / "one")
    component(tmp_path / "b" / "one")

    assert run(components(tmp_path)).passed


def test_tests_elsewhere_can_import_the_component(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absolute = PASSES.replace("..op", "package.one.op")
    component(tmp_path / "src" / "package" / "one", absolute, "../../../tests")
    (tmp_path / "src" / "package" / "__init__.py").touch()
    monkeypatch.chdir("/")

    assert run(components(tmp_path)).passed


def test_arguments_reach_pytest(tmp_path: Path) -> None:
    component(tmp_path / "bad", FAILS)

    assert run(components(tmp_path), ("--collect-only",)).passed


def test_pytest_s_own_trouble_does_not_pass(tmp_path: Path) -> None:
    verdict = run(components(component(tmp_path / "one")), ("--no-such-option",))

    assert not verdict.passed
    assert verdict.reason == "pytest could not finish: its exit code was 4"


def test_the_runner_is_the_python_that_runs_layergen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []

    def record(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", record)
    monkeypatch.setattr("sys.executable", "/a/python")

    run(components(component(tmp_path / "one")))

    assert calls[0][:3] == ["/a/python", "-m", "pytest"]
