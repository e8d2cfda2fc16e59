"""What fails, or is interrupted by Ctrl-C, is undone by the same process."""

import errno
import itertools
import os
import resource
import subprocess
from functools import partial
from pathlib import PurePosixPath

import pytest

from layergen.emit.source import SourceFile
from layergen.errors import BadRequest
from layergen.output.commit import commit
from layergen.output.plan import Destination, plan
from layergen.output.recover import recover
from tests.output.mortal import grows, in_child, is_hidden, tree
from tests.output.scenarios import BY_NAME, attempt, every_scenario, planned, refuse


def matters(name, arguments):
    """Leave out the one operation that may fail: an empty folder of the user's can stay."""
    return name != "rmdir" or ".layergen-" in str(arguments[0])


def raising(error, since, until, when=lambda name, arguments: True):
    """Raise the error at those of the operations since..until that are meant."""

    def act(count, name, arguments):
        if since <= count <= until and when(name, arguments):
            raise error

    return act


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
