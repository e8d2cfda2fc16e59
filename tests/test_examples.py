"""generated_examples/ is exactly what layergen writes: nothing missing, extra or different.

`python -m tests.test_examples` writes every example again.
"""

from pathlib import Path

import pytest

from layergen import pipeline
from layergen.output.plan import Action
from layergen.spec import bundled

BUNDLED = (
    "layer_norm",
    "linear",
    "relu",
    "se_block",
    "self_attention",
    "unet",
)
IGNORED = {"__pycache__"}


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not IGNORED & set(path.parts)
    }


def test_the_bundled_examples_are_these():
    assert bundled.example_names() == BUNDLED


@pytest.mark.parametrize("name", BUNDLED)
def test_regenerates_byte_for_byte(name):
    plan = pipeline.regenerate(bundled.examples() / name)

    different = [
        f"{change.action}: {change.path}"
        for change in plan.changes
        if change.action is not Action.IDENTICAL
    ]
    assert not different, "python -m tests.test_examples writes them again"


@pytest.mark.parametrize("name", BUNDLED)
def test_holds_no_other_file(name):
    folder = bundled.examples() / name
    plan = pipeline.regenerate(folder)

    assert files_below(folder) == {change.path.as_posix() for change in plan.changes}


def main() -> None:
    for name in bundled.example_names():
        plan = pipeline.regenerate(bundled.examples() / name, force=True)
        pipeline.write(plan)
        changed = [c.path for c in plan.changes if c.action is not Action.IDENTICAL]
        print(f"{name}: {len(changed)} of {len(plan.changes)} files changed")


if __name__ == "__main__":
    main()
