"""What the disk has, and when: a kill can't show it, but a power cut would."""

import os

from tests.output.mortal import Shim, grows, is_hidden
from tests.output.scenarios import every_scenario


def is_move(arguments):
    return not all(map(is_hidden, arguments))


@every_scenario
def test_the_disk_has_everything_before_the_first_file_moves(scenario, tmp_path):
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
