"""The least that is a component, with a test that passes or one that fails."""

from pathlib import Path

PASSES = "from ..op import one\n\n\ndef test_one():\n    assert one() == 1\n"
FAILS = PASSES.replace("== 1", "== 2")


def component(folder: Path, test: str | None = PASSES, tests_into: str = "") -> Path:
    """Write the least that is a component."""
    folder.mkdir(parents=True)
    into = f'tests_into = "{tests_into}"\n' if tests_into else ""
    (folder / "layergen.toml").write_text(f"format = 1\n[component]\n{into}")
    (folder / "__init__.py").touch()
    (folder / "op.py").write_text("def one():\n    return 1\n")
    tests = (
        folder / tests_into / f"test_{folder.name}" if tests_into else folder / "tests"
    )
    if test is not None:
        tests.mkdir(parents=True)
        (tests / "__init__.py").touch()
        (tests / "test_op.py").write_text(test)
    return folder
