"""All or nothing, in one process: failures, Ctrl-C, and what a success leaves alone."""

import errno
import itertools
import os
import resource
import stat
import subprocess
from functools import partial
from pathlib import PurePosixPath

import pytest
from mortal import Shim, in_child, tree
from scenarios import BY_NAME, SCENARIOS

from layergen.emit.source import SourceFile
from layergen.errors import BadRequest, LayergenError, WouldOverwrite
from layergen.output import work as work_module
from layergen.output.commit import commit
from layergen.output.plan import Destination, plan
from layergen.output.recover import recover

every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda it: it.name)


def grows(name, arguments):
    """Tell whether an operation is one that a full disk refuses."""
    if name == "open":
        return bool(arguments[1] & os.O_CREAT)
    return name in ("write", "fsync", "mkdir", "link", "symlink")


def matters(name, arguments):
    """Leave out the one operation that may fail: an empty folder of the user's can stay."""
    return name != "rmdir" or ".layergen-" in str(arguments[0])


@pytest.fixture
def project(tmp_path):
    return lambda name: BY_NAME[name].project(tmp_path / "project")


def attempt(scenario, root, act):
    """Run under a shim that acts at each operation; return the error, if there was one."""
    with Shim(act):
        try:
            scenario.run(root)
        except (LayergenError, KeyboardInterrupt) as error:
            return error


def raising(error, since, until, when=lambda name, arguments: True):
    """Raise the error at those of the operations since..until that are meant."""

    def act(count, name, arguments):
        if since <= count <= until and when(name, arguments):
            raise error

    return act


def planned(scenario, tmp_path):
    root = scenario.project(tmp_path / "undisturbed")
    scenario.run(root)
    return tree(root)


def every_interruption(scenario, tmp_path, act_at):
    """Yield (error, project before, project) with `act_at(n)` in force, for each n."""
    for n in itertools.count(1):
        root = scenario.project(tmp_path / f"run-{n}")
        before, counted = tree(root), []

        def act(count, *call, n=n, counted=counted):
            counted.append(count)
            act_at(n)(count, *call)

        yield attempt(scenario, root, act), before, root
        if len(counted) < n:
            return


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


@every_scenario
def test_a_failure_of_any_operation_leaves_all_as_before(
    scenario, tmp_path, state_folder
):
    after = planned(scenario, tmp_path)
    failed = 0
    broken = OSError(errno.EIO, "Input/output error")
    at = lambda n: raising(broken, n, n, matters)  # noqa: E731
    for error, before, root in every_interruption(scenario, tmp_path, at):
        recover([root])  # where taking the hidden folder away was what failed
        assert tree(root) == (after if error is None else before)
        assert os.listdir(state_folder) == []
        failed += error is not None
    assert failed > 5


@every_scenario
def test_a_full_disk_leaves_all_as_before_at_once(scenario, tmp_path, state_folder):
    after = planned(scenario, tmp_path)
    full = OSError(errno.ENOSPC, "No space left on device")
    at = lambda n: raising(full, n, 10**9, grows)  # noqa: E731
    messages = set()
    for error, before, root in every_interruption(scenario, tmp_path, at):
        if error is None:
            assert tree(root) == after
            continue
        assert tree(root) == before
        messages.add(error.what.replace(str(root), ""))
    assert any("No space left on device" in message for message in messages)
    assert not any(".layergen-" in message for message in messages), messages


@every_scenario
def test_ctrl_c_anywhere_leaves_all_as_before_or_done(scenario, tmp_path, state_folder):
    after = planned(scenario, tmp_path)
    at = lambda n: raising(KeyboardInterrupt(), n, n)  # noqa: E731
    outcomes = []
    for error, before, root in every_interruption(scenario, tmp_path, at):
        recover([root])
        assert tree(root) in (before, after)
        outcomes.append((type(error), tree(root) == after))
    assert outcomes.count((KeyboardInterrupt, False)) > 5
    assert outcomes[-1] == (type(None), True)


def test_ctrl_c_between_two_files_is_undone_at_once(project):
    scenario, root = BY_NAME["extend"], project("extend")
    before, replaced = tree(root), []

    def act(count, name, arguments):
        if name == "replace" and "swish/" in str(arguments[1]):
            replaced.append(arguments[1])
            if len(replaced) == 2:
                raise KeyboardInterrupt

    assert isinstance(attempt(scenario, root, act), KeyboardInterrupt)
    assert len(replaced) > 2, "nothing had to be undone"
    assert tree(root) == before


def test_what_cannot_be_undone_now_is_undone_by_the_next_command(project):
    scenario, root = BY_NAME["extend"], project("extend")
    before, failed = tree(root), []

    def act(count, name, arguments):
        back = failed and name == "replace" and not is_hidden(arguments[1])
        if back or (name == "replace" and str(arguments[1]).endswith("test_layer.py")):
            failed.append(arguments[1])
            raise OSError(errno.EROFS, "Read-only file system")

    error = attempt(scenario, root, act)
    assert "can't be put back; the next command will try: Read-only" in error.what
    assert tree(root) != before
    (sentence,) = recover([root])
    assert sentence.startswith("Undid")
    assert tree(root) == before


def test_a_file_that_outgrows_the_systems_limit_is_undone(project, state_folder):
    root = project("extend")
    before = tree(root)

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        with pytest.raises(
            BadRequest, match=r"op\.py can't be written: File too large"
        ):
            BY_NAME["extend"].run(root)

    assert in_child(limited) == 0
    assert tree(root) == before


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 KiB, where the system lets us have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_really_full(small_disk):
    big = [SourceFile(PurePosixPath(f"{n}.py"), "x" * 20_000) for n in range(8)]
    destination = Destination(small_disk / "swish", small_disk / "swish" / "tests")
    with pytest.raises(BadRequest, match="No space left on device"):
        commit(plan(big, destination), destination)
    assert tree(small_disk) == {}


def test_a_read_only_folder_is_named_with_the_reason(project, monkeypatch):
    root = project("new")
    before, mkdir = tree(root), os.mkdir

    def read_only(path, *arguments, **keywords):
        if str(path).startswith(str(root)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return mkdir(path, *arguments, **keywords)

    monkeypatch.setattr(os, "mkdir", read_only)
    with pytest.raises(BadRequest) as caught:
        BY_NAME["new"].run(root)
    assert caught.value.lines() == (
        f"{root} can't be written: Read-only file system",
        "  Choose a folder that you may write to, with --into.",
    )
    assert tree(root) == before


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


def test_without_hard_links_a_backup_is_a_copy(project, monkeypatch):
    root = project("extend")
    before = tree(root)
    monkeypatch.setattr(os, "link", partial(refuse, errno.EPERM))
    turned = []

    def act(count, name, arguments):
        if name == "replace" and str(arguments[1]).endswith("test_layer.py"):
            turned.append(count)
            raise OSError(errno.EIO, "Input/output error")

    assert isinstance(attempt(BY_NAME["extend"], root, act), BadRequest)
    assert turned
    assert tree(root) == before


def refuse(number, *_, **__):
    raise OSError(number, os.strerror(number))


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


@every_scenario
def test_the_disk_has_everything_before_the_first_file_moves(scenario, tmp_path):
    """A kill can't show it, but a power cut would."""
    root = scenario.project(tmp_path / "project")
    prepared, synced, moved, unsafe = set(), set(), set(), set()

    def act(count, name, arguments):
        if name == "mkdir" or (name == "open" and grows(name, arguments)):
            prepared.add(str(arguments[0]))
        elif name == "fsync":
            synced.add(os.readlink(f"/proc/self/fd/{arguments[0]}"))
        elif name == "replace" and is_move(arguments):
            if not moved:
                unsafe.update(it for it in prepared - synced if ".new" in it)
                synced.clear()
            moved.update(os.path.dirname(it) for it in arguments if not is_hidden(it))

    with Shim(act):
        scenario.run(root)
    assert prepared
    assert not unsafe
    assert moved
    assert moved <= synced, "the moves themselves"


def is_hidden(path):
    return ".layergen-" in str(path)


def is_move(arguments):
    return not all(map(is_hidden, arguments))


@every_scenario
def test_the_journal_is_on_the_disk_before_the_first_file_moves(scenario, tmp_path):
    root = scenario.project(tmp_path / "project")
    happened = []

    def act(count, name, arguments):
        if name == "fsync":
            happened.append(
                os.path.basename(os.readlink(f"/proc/self/fd/{arguments[0]}"))
            )
        elif name == "replace":
            happened.append("move" if is_move(arguments) else arguments[1].name)

    with Shim(act):
        scenario.run(root)
    if scenario.name in ("new", "new, parents missing", "one file"):
        assert happened.count("move") == 1  # whole by itself
        assert "finish" not in happened
        return
    start = happened.index("finish")
    assert happened.index("journal") < start < happened.index("move")
    assert [it[:10] for it in happened[start : start + 3]] == [
        "finish",
        ".layergen-",
        "move",
    ]
    assert any(it.startswith(".layergen-") for it in happened[:start])
