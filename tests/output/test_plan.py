"""What would happen to each file."""

import os
from pathlib import PurePosixPath

import pytest

from layergen.emit.source import SourceFile
from layergen.errors import BadRequest, ExitCode, WouldOverwrite
from layergen.output.plan import (
    Action,
    Destination,
    diff,
    fingerprint,
    plan,
    raise_on_conflict,
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "swish"


@pytest.fixture
def only(folder):
    """Plan one file, and return its change (or None)."""

    def only(path, text, written=(), *, force=False):
        files = [] if text is None else [SourceFile(PurePosixPath(path), text)]
        destination = Destination(folder, folder / "tests")
        changes = plan(files, destination, tuple(written), force=force)
        return changes[0] if changes else None

    return only


def put(folder, path, text):
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(text.encode())


def as_written(path, text):
    return [(path, fingerprint(text))]


def test_a_file_that_is_not_there_is_created(only, folder):
    change = only("tests/test_op.py", "new")
    assert (change.action, change.before, change.after) == ("create", None, b"new")
    assert change.target == folder / "tests" / "test_op.py"


def test_the_same_bytes_are_identical_even_if_nobody_knows_who_wrote_them(only, folder):
    put(folder, "op.py", "same")
    assert only("op.py", "same").action is Action.IDENTICAL


def test_another_newline_is_not_identical(only, folder):
    put(folder, "op.py", "same\r\n")
    assert only("op.py", "same\n").action is Action.CONFLICT


def test_a_file_as_it_was_written_is_overwritten(only, folder):
    put(folder, "op.py", "old")
    change = only("op.py", "new", as_written("op.py", "old"))
    assert (change.action, change.edited) == (Action.OVERWRITE, False)


@pytest.mark.parametrize("written", [[], as_written("op.py", "old")])
def test_a_file_that_a_person_wrote_is_a_conflict(only, folder, written):
    put(folder, "op.py", "edited")
    change = only("op.py", "new", written)
    assert (change.action, change.edited) == (Action.CONFLICT, True)
    change = only("op.py", "new", written, force=True)
    assert (change.action, change.edited) == (Action.OVERWRITE, True)


def test_what_is_no_longer_produced_is_removed(only, folder):
    put(folder, "op.py", "old")
    change = only("op.py", None, as_written("op.py", "old"))
    assert (change.action, change.edited, change.after) == (Action.REMOVE, False, None)


def test_what_is_no_longer_produced_but_edited_is_a_conflict(only, folder):
    put(folder, "op.py", "edited")
    written = as_written("op.py", "old")
    assert only("op.py", None, written).action is Action.CONFLICT
    change = only("op.py", None, written, force=True)
    assert (change.action, change.edited) == (Action.REMOVE, True)


def test_what_is_no_longer_produced_and_gone_is_nothing(only):
    assert only("op.py", None, as_written("op.py", "old")) is None


def test_the_record_of_a_known_component_is_updated_though_edited(only, folder):
    put(folder, "layergen.toml", "edited")
    change = only("layergen.toml", "new", as_written("op.py", "old"))
    assert (change.action, change.edited) == (Action.OVERWRITE, False)


def test_a_record_of_which_nothing_is_known_is_a_conflict(only, folder):
    put(folder, "layergen.toml", "somebody's")
    assert only("layergen.toml", "new").action is Action.CONFLICT


def test_tests_go_where_tests_into_says(tmp_path):
    destination = Destination(tmp_path / "swish", tmp_path / "checks" / "test_swish")
    files = [SourceFile(PurePosixPath("tests/test_op.py"), "")]
    (change,) = plan(files, destination)
    assert change.target == tmp_path / "checks" / "test_swish" / "test_op.py"
    assert change.path == PurePosixPath("tests/test_op.py")


def test_a_folder_in_the_place_of_a_file_is_refused(only, folder):
    (folder / "op.py").mkdir(parents=True)
    with pytest.raises(
        WouldOverwrite, match=r"op\.py is a folder, where a file belongs"
    ):
        only("op.py", "new", force=True)


@pytest.mark.parametrize("obstacle", ["", "swish", "swish/tests"])
def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path, obstacle):
    root = tmp_path / "project"
    path = root / obstacle
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")
    destination = Destination(root / "swish", root / "swish" / "tests")
    files = [SourceFile(PurePosixPath("tests/test_op.py"), "")]
    with pytest.raises(WouldOverwrite, match="is a file, where a folder belongs"):
        plan(files, destination, force=True)


@pytest.mark.parametrize("link", ["swish", "swish/tests", "swish/tests/test_op.py"])
def test_a_symbolic_link_is_neither_followed_nor_replaced(tmp_path, link):
    (tmp_path / "precious").mkdir()
    path = tmp_path / link
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(tmp_path / "precious")
    destination = Destination(tmp_path / "swish", tmp_path / "swish" / "tests")
    files = [SourceFile(PurePosixPath("tests/test_op.py"), "")]
    with pytest.raises(WouldOverwrite, match="is a symbolic link, where"):
        plan(files, destination, force=True)


def test_a_dangling_link_is_not_absent(only, folder):
    folder.mkdir()
    (folder / "op.py").symlink_to(folder / "nowhere")
    with pytest.raises(WouldOverwrite, match="symbolic link"):
        only("op.py", "new")


def test_links_above_the_component_are_the_users_own_way(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "project").symlink_to(tmp_path / "real")
    component = tmp_path / "project" / "swish"
    (change,) = plan(
        [SourceFile(PurePosixPath("op.py"), "")],
        Destination(component, component / "tests"),
    )
    assert change.action is Action.CREATE


def test_a_pipe_is_not_waited_for(only, folder):
    folder.mkdir()
    os.mkfifo(folder / "op.py")
    with pytest.raises(WouldOverwrite, match="special file"):
        only("op.py", "new")


@pytest.mark.parametrize("path", ["../mine.py", "/etc/passwd", "", "a/../../b"])
def test_a_record_that_names_a_file_elsewhere_is_refused(only, path):
    with pytest.raises(BadRequest, match="no path inside the component"):
        only("op.py", "new", [(path, fingerprint(""))])


def test_a_name_too_long_is_refused_with_the_systems_reason(tmp_path):
    destination = Destination(tmp_path / ("x" * 300), tmp_path / ("x" * 300) / "tests")
    with pytest.raises(BadRequest, match="File name too long"):
        plan([SourceFile(PurePosixPath("op.py"), "")], destination)


def test_every_conflict_is_named_with_its_reason_and_the_way_out(tmp_path):
    folder = tmp_path / "swish"
    put(folder, "op.py", "edited")
    put(folder, "layer.py", "never generated")
    put(folder, "fine.py", "same")
    texts = {"op.py": "new", "layer.py": "new", "fine.py": "same"}
    changes = plan(
        [SourceFile(PurePosixPath(path), text) for path, text in texts.items()],
        Destination(folder, folder / "tests"),
        tuple(as_written("op.py", "old")),
    )
    with pytest.raises(WouldOverwrite) as caught:
        raise_on_conflict(changes)
    assert caught.value.exit_code is ExitCode.WOULD_OVERWRITE
    assert str(caught.value).splitlines() == [
        "2 files would be overwritten or removed, and nothing was:",
        f"  {folder}/op.py: edited by hand since it was generated",
        f"  {folder}/layer.py: not layergen's",
        "  See what would change with --diff; replace with --force.",
    ]


def test_a_plan_without_conflicts_passes(only):
    raise_on_conflict([only("op.py", "new")])


def test_the_diff_of_a_change(only, folder):
    put(folder, "op.py", "one\ntwo\x0cstill two\nthree")
    lines = diff(only("op.py", "one\n2\nthree\n")).splitlines()
    assert lines[:3] == ["--- a/op.py", "+++ b/op.py", "@@ -1,3 +1,3 @@"]
    assert diff(only("op.py", "one\n2\nthree\n")).split("\n")[3:] == [
        " one",
        "-two\x0cstill two",
        "-three",
        "\\ No newline at end of file",
        "+2",
        "+three",
        "",
    ]


def test_the_diff_of_a_new_file_and_of_a_removed_one(only, folder):
    assert (
        diff(only("op.py", "x\n")) == "--- /dev/null\n+++ b/op.py\n@@ -0,0 +1 @@\n+x\n"
    )
    put(folder, "op.py", "x\n")
    removed = only("op.py", None, as_written("op.py", "x\n"))
    assert diff(removed) == "--- a/op.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"


def test_the_diff_shows_changed_newlines_and_survives_other_encodings(only, folder):
    (folder).mkdir()
    (folder / "op.py").write_bytes(b"caf\xe9\r\n")
    assert diff(only("op.py", "café\n")).split("\n")[3:5] == ["-caf\\xe9\r", "+café"]


def test_an_identical_file_has_no_diff(only, folder):
    put(folder, "op.py", "same")
    assert diff(only("op.py", "same")) == ""
