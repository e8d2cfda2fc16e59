"""Two runs at once: one wins whole, the other gets a clear error or had the same in mind."""

import errno
import fcntl
import os
import signal
from dataclasses import replace
from functools import partial

import pytest

from layergen.errors import ExitCode
from layergen.output import lock
from layergen.output import recover as recover_module
from layergen.output.commit import commit
from layergen.output.lock import LOCK_FILE, Busy, hold
from layergen.output.recover import recover
from tests.output.mortal import Shim, in_child, tree
from tests.output.scenarios import BY_NAME, NEW, SCENARIOS, every_scenario


def race(*works):
    """Run each in a process of its own, all let go at the same moment; return how they end."""
    ready, go = os.pipe(), os.pipe()
    children = []
    for work in works:
        child = os.fork()
        if child == 0:
            status = 70
            try:
                os.write(ready[1], b".")
                os.read(go[0], 1)
                work()
                status = 0
            except Exception as error:
                status = int(getattr(error, "exit_code", 70))
            finally:
                os._exit(status)
        children.append(child)
    for _ in works:
        os.read(ready[0], 1)
    os.write(go[1], b"." * len(works))
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    for end in (*ready, *go):
        os.close(end)
    return ends


@pytest.mark.parametrize(
    "scenario",
    [it for it in SCENARIOS if it.name != "remove one"],  # which gets in nobody's way
    ids=lambda it: it.name,
)
def test_of_two_different_runs_one_wins_whole(scenario, tmp_path, state_folder):
    other = replace(scenario, produced={p: f"# {p}\n" for p in scenario.produced})
    after = []
    for one in (scenario, other):
        root = one.project(tmp_path / f"alone-{len(after)}")
        one.run(root)
        after.append(tree(root))
    for number in range(10):
        root = scenario.project(tmp_path / f"race-{number}")
        runs = [
            partial(commit, it.plan(root), it.destination(root))
            for it in (scenario, other)
        ]
        ends = race(*runs)
        assert sorted(ends) == [ExitCode.FINE, ExitCode.WOULD_OVERWRITE]
        assert tree(root) == after[ends.index(0)]
    assert os.listdir(state_folder) == []


@every_scenario
def test_of_two_equal_runs_both_succeed(scenario, tmp_path):
    alone = scenario.project(tmp_path / "alone")
    scenario.run(alone)
    for number in range(5):
        root = scenario.project(tmp_path / f"race-{number}")
        runs = [partial(commit, scenario.plan(root), scenario.destination(root))] * 2
        assert race(*runs) == [0, 0]
        assert tree(root) == tree(alone)


def test_two_components_in_one_missing_folder_are_both_made(tmp_path):
    one, two = (
        replace(BY_NAME["new"], component=f"a/{name}", tests=f"a/{name}/tests")
        for name in ("swish", "mish")
    )
    for number in range(10):
        root = one.project(tmp_path / f"race-{number}")
        runs = [
            partial(commit, it.plan(root), it.destination(root)) for it in (one, two)
        ]
        assert race(*runs) == [0, 0]
        for name in ("swish", "mish"):
            assert (root / "a" / name / "op.py").read_text() == NEW["op.py"]


@every_scenario
def test_the_work_of_a_living_run_is_not_touched(scenario, tmp_path, monkeypatch):
    monkeypatch.setattr(recover_module, "PATIENCE", 0.05)
    undisturbed = scenario.project(tmp_path / "undisturbed")
    scenario.run(undisturbed)
    for n in range(1, 100, 5):
        root = scenario.project(tmp_path / f"stopped-{n}")
        child = stopped(partial(scenario.run, root), n)
        if child is None:
            break
        try:
            then = tree(root)
            assert recover([tmp_path / "elsewhere"]) == ()
            if any(".layergen" in path for path in then):
                with pytest.raises(Busy, match="another layergen is writing in"):
                    recover(scenario.destination(root).roots)
            assert tree(root) == then
        finally:
            os.kill(child, signal.SIGCONT)
            end = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert end == 0
        assert tree(root) == tree(undisturbed)
    assert n > 10


def stopped(work, n):
    """Fork, and stop the child before its n-th operation; None if it does not come to that."""

    def act(count, name, arguments):
        if count == n:
            os.kill(os.getpid(), signal.SIGSTOP)

    child = os.fork()
    if child == 0:
        status = 70
        try:
            with Shim(act):
                work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, os.WUNTRACED)
    return child if os.WIFSTOPPED(status) else None


def test_waiting_has_an_end(tmp_path):
    folders = lambda: (tmp_path,)  # noqa: E731

    def wait():
        with hold(folders, patience=0.05):
            pass

    with hold(folders):
        assert in_child(wait) == ExitCode.BAD_REQUEST
    assert in_child(wait) == 0


def test_who_waited_asks_again_which_folders(tmp_path):
    (tmp_path / "deep").mkdir()
    answers = iter([(tmp_path,), *[(tmp_path / "deep",)] * 3])
    with hold(lambda: next(answers)) as held:
        assert held == (tmp_path / "deep",)
        with hold(lambda: (tmp_path,), patience=0):  # was let go
            pass


@pytest.fixture
def no_folder_locks(monkeypatch):
    """NFS: what is not open for writing can't be locked."""
    flock = fcntl.flock

    def like_nfs(descriptor, how):
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.EBADF, "Bad file descriptor")
        return flock(descriptor, how)

    monkeypatch.setattr(lock.fcntl, "flock", like_nfs)


def test_where_folders_cannot_be_locked_a_file_is_and_goes_again(
    no_folder_locks, tmp_path
):
    def wait():
        with hold(lambda: (tmp_path,), patience=0.05):
            pass

    with hold(lambda: (tmp_path,)):
        assert os.listdir(tmp_path) == [LOCK_FILE]
        assert in_child(wait) == ExitCode.BAD_REQUEST
    assert os.listdir(tmp_path) == []


def test_a_lock_file_left_by_a_kill_is_used_and_removed(no_folder_locks, tmp_path):
    (tmp_path / LOCK_FILE).touch()
    with hold(lambda: (tmp_path,), patience=0):
        pass
    assert os.listdir(tmp_path) == []


def test_a_lock_file_that_was_taken_away_meanwhile_is_no_lock(
    no_folder_locks, tmp_path, monkeypatch
):
    path = tmp_path / LOCK_FILE

    def locked():
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return descriptor

    holders = [locked()]

    def next_holder(folder, deadline):
        if len(holders) == 2:
            raise Busy("as expected")
        path.unlink()
        holders.append(locked())
        os.close(holders[0])

    monkeypatch.setattr(lock, "_wait", next_holder)
    with pytest.raises(Busy, match="as expected"), hold(lambda: (tmp_path,)):
        pass
    os.close(holders[1])


def test_of_two_runs_without_folder_locks_one_wins_whole(no_folder_locks, tmp_path):
    scenario = BY_NAME["force"]
    for number in range(10):
        root = scenario.project(tmp_path / f"race-{number}")
        runs = [partial(commit, scenario.plan(root), scenario.destination(root))] * 2
        assert race(*runs) == [0, 0]
        assert not any(".layergen" in path for path in tree(root))
