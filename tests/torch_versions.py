"""The same bytes from every torch: `python -m tests.torch_versions`.

Makes an environment with the oldest torch that layergen takes, derives the zoo and the bundled
examples there and with the torch at hand, and compares the sources. A plain install of torch
brings CUDA along, some 5 GB; `--index-url https://download.pytorch.org/whl/cpu` spares it where
that can be reached, and `--python` takes an environment that is there already.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = "2.11.0"


@dataclass(frozen=True, slots=True)
class Emitted:
    """What one Python writes: each source by the name of its forward, and its torch."""

    torch: str
    sources: Mapping[str, str]


def environment(folder: Path, index: Sequence[str]) -> Path:
    """Make a virtual environment with the oldest torch and what layergen needs."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [each for each in project["dependencies"] if not each.startswith("torch")]
    command = (python, "-m", "pip", "install", "--quiet", f"torch=={OLDEST}", *needed)
    subprocess.run([*command, *index], check=True)
    return python


def emitted_by(python: str | Path) -> Emitted:
    """Derive with another Python."""
    command = (python, "-m", "tests.torch_versions", "--emit")
    ended = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True
    )
    return Emitted(**json.loads(ended.stdout))


def emitted() -> Emitted:
    """Derive here: the zoo, and each file of the bundled examples."""
    import torch

    return Emitted(torch.__version__, dict([*zoo(), *examples()]))


def zoo() -> Iterator[tuple[str, str]]:
    import layergen
    from tests.autodiff.zoo import LAYERS

    for layer in LAYERS:
        yield layer.name, layergen.derive(layer.forward, layer.inputs()).source


def examples() -> Iterator[tuple[str, str]]:
    from layergen import pipeline
    from layergen.spec import bundled

    for name in bundled.example_names():
        plan = pipeline.regenerate(bundled.examples() / name)
        for change in plan.changes:
            yield f"{name}/{change.path}", (change.after or b"").decode()


def differences(old: Emitted, new: Emitted) -> Iterator[str]:
    """Show every source that differs, as a unified diff."""
    for name in sorted(old.sources.keys() | new.sources.keys()):
        before, after = old.sources.get(name, ""), new.sources.get(name, "")
        if before != after:
            yield "\n".join(
                unified_diff(
                    before.splitlines(),
                    after.splitlines(),
                    f"{name}, torch {old.torch}",
                    f"{name}, torch {new.torch}",
                    lineterm="",
                )
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emit", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--python", help=f"of an environment with torch {OLDEST}")
    parser.add_argument("--index-url", help="where pip finds torch")
    options = parser.parse_args()
    if options.emit:
        told = emitted()
        print(json.dumps({"torch": told.torch, "sources": told.sources}))
        return 0
    index = ("--index-url", options.index_url) if options.index_url else ()
    with tempfile.TemporaryDirectory() as folder:
        old = emitted_by(options.python or environment(Path(folder), index))
    new = emitted_by(sys.executable)
    different = list(differences(old, new))
    print(
        f"torch {old.torch} and {new.torch}: {len(new.sources)} sources, "
        f"{len(different)} different"
    )
    print(*different, sep="\n")
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
