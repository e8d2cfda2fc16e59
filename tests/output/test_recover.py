"""What the next command does with the work of a killed one, and what it leaves alone."""

import itertools
import json
import os
import shutil
from functools import partial
from pathlib import Path

import pytest

from layergen.errors import LayergenError
from layergen.output.recover import recover
from tests.output.mortal import die_at, in_child, tree
from tests.output.scenarios import BY_NAME, OLD


@pytest.fixture
def root(tmp_path):
    return BY_NAME["extend"].project(tmp_path / "project")


def killed_at(root, name, suffix, scenario=BY_NAME["extend"]):
    """Run, and die before the operation whose last path ends so."""

    def act(count, operation, arguments):
        if operation == name and str(arguments[-1]).endswith(suffix):
            os._exit(1)

    assert in_child(partial(scenario.run, root), act) == 1


def hidden(root):
    return [path for path in tree(root) if ".layergen" in path or "before-" in path]


def test_nothing_to_recover_is_nothing_to_say(root, tmp_path):
    assert recover([root, tmp_path / "not" / "there"]) == ()


def test_a_relative_folder_is_as_good(root, state_folder, monkeypatch):
    killed_at(root, "replace", "op.py")
    shutil.rmtree(state_folder)
    monkeypatch.chdir(root / "other")
    (sentence,) = recover([Path(".")])
    assert sentence.startswith("Finished")


def test_a_finished_run_is_one_sentence(root):
    killed_at(root, "replace", "op.py")
    (sentence,) = recover([root / "swish"])
    assert sentence.startswith("Finished an interrupted layergen run: ")
    assert f"{root}/swish/op.py" in sentence


def test_an_undone_run_is_one_sentence(root):
    before = tree(root)
    kill_in_undo(root)
    (sentence,) = recover([root / "swish"])
    assert sentence.startswith("Undid an interrupted layergen run: ")
    assert tree(root) == before


def kill_in_undo(root):
    """Fail at the last file; die at the first rename that takes back."""
    failed = []

    def act(count, operation, arguments):
        if operation != "replace":
            return
        if str(arguments[1]).endswith("test_layer.py"):
            failed.append(count)
            raise OSError(5, "Input/output error")
        if failed and not str(arguments[1]).endswith("undo"):
            os._exit(1)

    assert in_child(partial(BY_NAME["extend"].run, root), act) == 1


def test_a_swept_run_is_one_sentence(tmp_path):
    root = BY_NAME["new"].project(tmp_path / "project")
    killed_at(root, "replace", "swish", BY_NAME["new"])
    assert hidden(root)
    assert recover([root]) == (
        f"Removed what an interrupted layergen run had left in {root}.",
    )
    assert not hidden(root)


def test_a_file_edited_before_it_was_replaced_is_left_and_the_rest_undone(root):
    before = tree(root)
    killed_at(root, "replace", "swish/op.py")
    (root / "swish" / "op.py").write_text("edited after the kill\n")
    (sentence,) = recover([root / "swish"])
    assert sentence.startswith("Undid")
    assert (root / "swish" / "op.py").read_text() == "edited after the kill\n"
    after = tree(root)
    assert {path for path in after if after[path] != before.get(path)} == {
        "swish/op.py"
    }


def test_a_file_edited_after_it_was_replaced_is_left_and_its_backup_kept(root):
    kill_in_undo(root)
    (root / "swish" / "op.py").write_text("edited after the kill\n")
    (sentence,) = recover([root / "swish"])
    backup = root / "swish" / "op.py.before-layergen"
    assert (root / "swish" / "op.py").read_text() == "edited after the kill\n"
    assert backup.read_text() == OLD["op.py"]
    assert sentence.endswith(
        f"Left {root}/swish/op.py as it is: it was edited since; "
        f"what it held before is in {backup}."
    )
    assert hidden(root) == ["swish/op.py.before-layergen"]


def test_a_backup_that_says_the_same_is_not_kept(root):
    kill_in_undo(root)
    (root / "swish" / "op.py").write_text(OLD["op.py"])
    (sentence,) = recover([root / "swish"])
    assert sentence.endswith("op.py as it is: it was edited since.")
    assert not hidden(root)


def test_a_backup_replaces_no_file(root):
    kill_in_undo(root)
    (root / "swish" / "op.py").write_text("edited after the kill\n")
    (root / "swish" / "op.py.before-layergen").write_text("mine")
    recover([root / "swish"])
    assert (root / "swish" / "op.py.before-layergen").read_text() == "mine"
    assert (root / "swish" / "op.py.before-layergen-2").read_text() == OLD["op.py"]


@pytest.mark.parametrize("edit", ["in place", "by a new file", "delete"])
@pytest.mark.parametrize("name", ["extend", "force", "remove"])
def test_an_edit_after_a_kill_anywhere_is_never_lost(tmp_path, name, edit):
    scenario = BY_NAME[name]
    undisturbed = scenario.project(tmp_path / "undisturbed")
    before = tree(undisturbed)
    scenario.run(undisturbed)
    after = tree(undisturbed)
    for n in itertools.count(1):
        root = scenario.project(tmp_path / f"killed-{n}")
        status = in_child(partial(scenario.run, root), die_at(n))
        op = root / "swish" / "op.py"
        if edit != "in place":
            op.unlink()
        if edit != "delete":
            op.write_text("edited after the kill\n")
        recover([root])
        found = tree(root)
        assert found.get("swish/op.py", (0, b""))[1] in (
            b"edited after the kill\n",
            b"",
        )
        assert op.exists() == (edit != "delete")
        rest = [without_op(it) for it in (before, after)]
        assert without_op(found) in rest
        assert not [path for path in hidden(root) if "before-layergen" not in path]
        if status == 0:
            break


def without_op(found):
    return {
        path: it for path, it in found.items() if not path.startswith("swish/op.py")
    }


def test_a_component_thrown_away_after_the_kill_stays_away(root, state_folder):
    killed_at(root, "replace", "op.py")
    shutil.rmtree(root / "swish")
    recover([root / "swish"])
    assert not (root / "swish").exists()
    assert not hidden(root)
    assert os.listdir(state_folder) == []


def test_a_project_moved_after_the_kill_is_finished_where_it_is(root, tmp_path):
    killed_at(root, "replace", "op.py")
    moved = root.rename(tmp_path / "moved")
    (sentence,) = recover([moved / "swish"])
    assert sentence.startswith("Finished")
    assert (moved / "swish" / "op.py").read_text() != OLD["op.py"]
    assert not hidden(moved)


def test_tests_moved_away_after_the_kill_carry_no_hidden_folder(tmp_path):
    root = BY_NAME["extend with tests-into"].project(tmp_path / "project")
    killed_at(root, "replace", "op.py", BY_NAME["extend with tests-into"])
    moved = (root / "checks").rename(tmp_path / "checks")
    assert hidden(moved)
    recover([moved])
    assert not hidden(moved)


def test_a_copied_journal_is_left_alone_and_said_so(root, tmp_path, state_folder):
    """Somebody else's repository could bring one along, to write with our hands."""
    killed_at(root, "replace", "op.py")
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    recover([root])
    before = tree(copy)
    (sentence,) = recover([copy / "swish"])
    assert "copied from elsewhere" in sentence
    assert tree(copy) == before


def test_a_journal_of_nonsense_is_left_alone(root):
    killed_at(root, "replace", "op.py")
    (journal,) = root.glob(".layergen-*/finish")
    journal.write_text(json.dumps(["nonsense"]))
    before = tree(root)
    assert "take what you need" in recover([root])[0]
    assert tree(root) == before


def test_a_work_folder_of_another_user_is_left_alone(root, state_folder):
    killed_at(root, "replace", "op.py")
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    (folder,) = root.glob(".layergen-*")
    os.chown(folder, 12345, 12345)
    shutil.rmtree(state_folder)
    before = tree(root)
    assert recover([root]) == ()
    assert tree(root) == before


def test_trouble_elsewhere_is_a_sentence_and_trouble_here_an_error(
    root, tmp_path, monkeypatch
):
    killed_at(root, "replace", "op.py")
    replace = os.replace

    def refuse(source, target):
        if "op.py" in str(target) or str(target).endswith("undo"):
            raise OSError(30, "Read-only file system")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    (sentence,) = recover([tmp_path])
    assert sentence.startswith("An interrupted layergen run is still there: ")
    assert "Read-only file system" in sentence
    with pytest.raises(LayergenError, match="Read-only file system"):
        recover([root / "swish"])
    monkeypatch.undo()
    recover([root / "swish"])
    assert not hidden(root)


def test_work_on_a_disk_that_is_away_is_remembered(root, tmp_path, state_folder):
    killed_at(root, "replace", "op.py")
    unplugged = root.rename(tmp_path / "unplugged")
    assert recover([tmp_path]) == ()
    unplugged.rename(root)
    (sentence,) = recover([tmp_path])
    assert sentence.startswith("Finished")
    assert os.listdir(state_folder) == []
