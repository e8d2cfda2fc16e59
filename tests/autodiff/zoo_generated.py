"""The twenty-eight layers as a user makes them: `python -m tests.autodiff.zoo_generated [NAME ...]`.

Writes each by `layergen new-op NAME --from FILE`, and runs all the tests that were generated, as
they are.
"""

import argparse
import contextlib
import inspect
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from layergen.cli.main import main as layergen
from tests.autodiff.zoo import LAYERS, Layer, Values

HEADER = """import math

import torch
import torch.nn.functional as F
from torch import Tensor


"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.autodiff.zoo_generated", description=__doc__
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these layers")
    names = parser.parse_args().names or [each.name for each in LAYERS]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for each in LAYERS:
            if each.name in names and layergen(request(each)):
                return 1
        return tested()


def request(layer: Layer) -> list[str]:
    """Write the forward to a file of its own, and ask for an op of it."""
    source = Path(f"{layer.name}.py")
    source.write_text(HEADER + inspect.getsource(layer.forward))
    return ["new-op", layer.name, "--from", f"{source}:{layer.name}", *options(layer)]


def options(layer: Layer) -> Iterator[str]:
    """Say what a forward takes: shapes of tensors, and numbers."""
    parameters = inspect.signature(layer.forward).parameters
    for name, each in zip(parameters, layer.takes, strict=True):
        if isinstance(each, Values):
            yield from ("--shape", f"{name}={','.join(each.shape.split())}")
        else:
            yield from ("--arg", f"{name}:float={each}")


def tested() -> int:
    """Run what was generated."""
    command = (sys.executable, "-m", "pytest", "-q", "-n", "auto", ".")
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
