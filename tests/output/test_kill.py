"""kill -9 at every file operation: the next command finds the project whole."""

import itertools
import os
from functools import partial

import pytest

from layergen.output.recover import recover
from tests.output.mortal import UNSEEN, die_at, in_child, tree
from tests.output.scenarios import BY_NAME, every_scenario

KILLED = -9
# One of each kind: a single rename, a journal, a journal and two work folders.
KINDS = ["new, parents missing", "remove", "tests-into, missing"]
kinds = pytest.mark.parametrize(
    "scenario", [BY_NAME[name] for name in KINDS], ids=KINDS
)


def outcomes(scenario, tmp_path):
    """The project as it was, and as it is after a run that nothing happens to."""
    root = scenario.project(tmp_path / "undisturbed")
    before = tree(root)
    scenario.run(root)
    return before, tree(root)


def killed_projects(scenario, tmp_path):
    """Yield (n, project), each killed at its n-th operation, until one survives."""
    for n in itertools.count(1):
        root = scenario.project(tmp_path / f"killed-{n}")
        status = in_child(partial(scenario.run, root), die_at(n))
        assert status != UNSEEN
        if status == 0:
            assert n > 15, "the shim counts too little"
            return
        assert status == KILLED
        yield n, root


def assert_whole(root, before, after, state_folder):
    assert tree(root) in (before, after)
    assert not state_folder.exists() or not os.listdir(state_folder)


@every_scenario
def test_the_next_command_finds_everything_as_before_or_as_planned(
    scenario, tmp_path, state_folder
):
    before, after = outcomes(scenario, tmp_path)
    seen = []
    for _, root in killed_projects(scenario, tmp_path):
        where = scenario.destination(root)
        said = recover([where.component, where.tests])
        assert_whole(root, before, after, state_folder)
        assert recover([where.component, where.tests]) == ()
        seen.append((tree(root) == after, bool(said)))
    assert {finished for finished, _ in seen} == {False, True}
    assert any(said for _, said in seen)


@kinds
def test_a_command_elsewhere_is_enough(scenario, tmp_path, state_folder):
    before, after = outcomes(scenario, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for _, root in killed_projects(scenario, tmp_path):
        recover([elsewhere])
        assert_whole(root, before, after, state_folder)


@kinds
def test_it_is_found_on_site_without_a_state_folder(
    scenario, tmp_path, monkeypatch, state_folder
):
    before, after = outcomes(scenario, tmp_path)
    state_folder.parent.mkdir(exist_ok=True)
    state_folder.rmdir()
    state_folder.write_text("no folder can be made here")
    for _, root in killed_projects(scenario, tmp_path):
        where = scenario.destination(root)
        recover([where.component, where.tests])
        assert tree(root) in (before, after)


@pytest.mark.parametrize("name", ["new", "new, parents missing"])
def test_a_new_component_is_never_there_by_half(name, tmp_path):
    scenario = BY_NAME[name]
    before, after = outcomes(scenario, tmp_path)
    for _, root in killed_projects(scenario, tmp_path):
        seen = {path: it for path, it in tree(root).items() if ".layergen-" not in path}
        assert seen in (before, after)


@every_scenario
def test_a_recovery_that_is_killed_again_and_again_gets_there(
    scenario, tmp_path, state_folder
):
    before, after = outcomes(scenario, tmp_path)
    for n, root in killed_projects(scenario, tmp_path):
        where = scenario.destination(root)
        if n % 5:
            recover([where.component])
            continue  # neighbours leave nearly the same tree
        for m in itertools.count(1):
            status = in_child(partial(recover, [where.component]), die_at(m))
            assert status in (0, KILLED)
            if status == 0:
                break
        assert_whole(root, before, after, state_folder)


def test_a_recovery_killed_anywhere_is_recovered_from(tmp_path, state_folder):
    scenario = BY_NAME["extend with tests-into"]
    before, after = outcomes(scenario, tmp_path)
    for n, survivor in killed_projects(scenario, tmp_path):
        recover([survivor / "swish"])
        if n % 7:
            continue  # neighbours leave nearly the same tree
        for m in itertools.count(1):
            root = scenario.project(tmp_path / f"killed-{n}-{m}")
            in_child(partial(scenario.run, root), die_at(n))
            status = in_child(partial(recover, [root / "swish"]), die_at(m))
            recover([root / "swish"])
            assert_whole(root, before, after, state_folder)
            if status == 0:
                break


def test_a_kill_while_a_failure_is_undone_is_recovered_from(tmp_path, state_folder):
    scenario = BY_NAME["force"]
    before, after = outcomes(scenario, tmp_path)
    seen = set()
    for n in itertools.count(1):
        root = scenario.project(tmp_path / f"killed-{n}")
        status = in_child(partial(scenario.run, root), fail_then_die_at(n))
        recover([root / "swish"])
        assert_whole(root, before, after, state_folder)
        seen.add((status, tree(root) == after))
        if status != KILLED:
            break
    assert seen == {(KILLED, True), (KILLED, False), (2, False)}


def fail_then_die_at(n):
    """Refuse to put op.py in place, and kill at the n-th operation before or after."""
    refused = []

    def act(count, name, arguments):
        die_at(n)(count, name, arguments)
        if name == "replace" and str(arguments[1]).endswith("op.py") and not refused:
            refused.append(count)
            raise OSError(5, "Input/output error")

    return act
