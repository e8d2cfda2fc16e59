"""What a commit does, what it leaves alone, and what has changed before it begins."""

import errno
import os
import stat
from functools import partial
from pathlib import PurePosixPath

import pytest

from layergen.errors import BadRequest, WouldOverwrite
from layergen.output import work as work_module
from layergen.output.commit import commit
from layergen.output.recover import recover
from tests.output.mortal import Shim, grows, in_child, tree
from tests.output.scenarios import BY_NAME, attempt, every_scenario, planned, refuse


@every_scenario
def test_a_commit_does_what_was_planned_and_leaves_nothing_else(
    scenario, tmp_path, state_folder
):
    root = scenario.project(tmp_path / "project")
    mine = {path: it for path, it in tree(root).items() if "swish" not in path}
    scenario.run(root)
    found = tree(root)
    for path, text in scenario.produced.items():
        target = scenario.destination(root).target(PurePosixPath(path))
        assert found[str(target.relative_to(root))][1] == text.encode()
    assert mine.items() <= found.items()
    assert not any(".layergen" in path for path in found)
    assert os.listdir(state_folder) == []


def test_what_is_no_longer_produced_goes_with_its_folder(project):
    root = project("remove")
    BY_NAME["remove"].run(root)
    names = set(tree(root / "swish"))
    assert names == {"layergen.toml", "__init__.py", "op.py", "mine.py"}


def test_a_replaced_file_keeps_its_mode(project):
    root = project("extend")
    BY_NAME["extend"].run(root)
    assert stat.S_IMODE((root / "swish" / "op.py").stat().st_mode) == 0o750


def test_an_identical_file_is_not_touched(project):
    root = project("extend")
    before = (root / "swish" / "__init__.py").stat()
    BY_NAME["extend"].run(root)
    after = (root / "swish" / "__init__.py").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_nothing_to_do_writes_nothing(project):
    root = project("extend")
    BY_NAME["extend"].run(root)

    def refuse(count, name, arguments):
        assert name == "open", f"{name}{arguments}"  # the lock
        assert not arguments[1] & os.O_CREAT

    with Shim(refuse):
        BY_NAME["extend"].run(root)


def test_files_changed_since_the_plan_are_all_named_and_nothing_is_begun(project):
    scenario, root = BY_NAME["extend"], project("extend")
    changes = scenario.plan(root)
    for path in ("op.py", "tests/test_op.py"):
        (root / "swish" / path).write_text("quicker than you\n")
    before = tree(root)

    def nothing(count, name, arguments):
        assert not grows(name, arguments)

    with Shim(nothing), pytest.raises(WouldOverwrite) as caught:
        commit(changes, scenario.destination(root))
    assert caught.value.what == (
        "changed meanwhile by somebody else: "
        f"{root}/swish/op.py, {root}/swish/tests/test_op.py"
    )
    assert tree(root) == before


def test_even_an_identical_file_must_still_be_so(project):
    scenario, root = BY_NAME["extend"], project("extend")
    changes = scenario.plan(root)
    (root / "swish" / "__init__.py").write_text("quicker than you\n")
    with pytest.raises(WouldOverwrite, match=r"changed meanwhile.*__init__\.py"):
        commit(changes, scenario.destination(root))
    assert (root / "swish" / "op.py").read_text() == "old op\n"


def test_a_file_made_while_the_new_ones_are_written_is_not_touched(project):
    scenario, root = BY_NAME["extend"], project("extend")

    def act(count, name, arguments):
        if name == "link":
            (root / "swish" / "layer.py").write_bytes(b"quicker than you\n")

    error = attempt(scenario, root, act)
    assert isinstance(error, WouldOverwrite)
    assert (root / "swish" / "layer.py").read_text() == "quicker than you\n"
    assert (root / "swish" / "op.py").read_text() == "old op\n"


def test_a_link_put_there_since_the_plan_is_not_followed(project, tmp_path):
    scenario, root = BY_NAME["new"], project("new")
    changes = scenario.plan(root)
    (tmp_path / "elsewhere").mkdir()
    (root / "swish").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WouldOverwrite, match="symbolic link"):
        commit(changes, scenario.destination(root))
    assert tree(tmp_path / "elsewhere") == {}


def test_a_mounted_component_is_prepared_inside_itself(project, monkeypatch):
    root = project("extend")
    mounted = {str(root / "swish")}
    monkeypatch.setattr(os.path, "ismount", lambda path: str(path) in mounted)
    seen = []

    def act(count, name, arguments):
        if name == "mkdir":
            seen.append(os.path.dirname(arguments[0]))

    with Shim(act):
        BY_NAME["extend"].run(root)
    assert str(root / "swish") in seen
    assert not any(".layergen" in path for path in tree(root))


def test_a_journal_left_by_a_run_that_just_died_is_not_worked_around(project, tmp_path):
    scenario, root = BY_NAME["extend"], project("extend")
    changes = scenario.plan(root)

    def die(count, name, arguments):
        if name == "replace" and str(arguments[1]).endswith("op.py"):
            os._exit(1)

    in_child(partial(scenario.run, root), die)
    with pytest.raises(BadRequest, match="interrupted"):
        commit(changes, scenario.destination(root))
    recover([root])
    assert tree(root) == planned(scenario, tmp_path)


def test_a_state_folder_that_cannot_be_made_is_done_without(project, monkeypatch):
    monkeypatch.setattr(work_module, "_point", partial(refuse, errno.EACCES))
    root = project("extend")
    BY_NAME["extend"].run(root)
    assert (root / "swish" / "layergen.toml").read_text() == "new = 1\n"


def test_a_home_that_is_not_absolute_is_no_place_to_write_to(
    project, monkeypatch, tmp_path
):
    monkeypatch.setenv("HOME", "home")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.chdir(tmp_path)
    BY_NAME["new"].run(project("new"))
    assert os.listdir(tmp_path) == ["project"]


@pytest.mark.parametrize("given", ["", "not/absolute"])
def test_a_state_folder_that_is_not_absolute_is_the_usual_one(
    project, monkeypatch, given
):
    monkeypatch.setenv("XDG_STATE_HOME", given)
    root = project("new")
    BY_NAME["new"].run(root)
    usual = os.path.join(os.environ["HOME"], ".local", "state", "layergen")
    assert os.listdir(usual) == []
