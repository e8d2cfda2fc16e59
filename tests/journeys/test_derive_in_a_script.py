"""`layergen.derive` of a module in a script: what it writes needs no layergen."""

import os
import subprocess
import sys

import pytest

DERIVES = """
import torch
from torch import nn

import layergen

torch.manual_seed(0)
mlp = nn.Sequential(nn.Linear(6, 8), nn.SiLU(), nn.Linear(8, 3))
x = torch.randn(5, 6)
derived = layergen.derive(mlp, (x,), name="mlp")
open("mlp.py", "w").write(derived.source)
torch.save((mlp.state_dict(), x), "weights.pt")
print(derived.report())
"""
USES = """
import sys

import torch
from torch import nn

from mlp import mlp

layers = nn.Sequential(nn.Linear(6, 8), nn.SiLU(), nn.Linear(8, 3))
state, x = torch.load("weights.pt")
layers.load_state_dict(state)
weights = list(layers.parameters())
assert "Function" in type(mlp(x, *weights).grad_fn).__name__
ours = torch.autograd.grad(mlp(x, *weights).square().sum(), weights)
theirs = torch.autograd.grad(layers(x).square().sum(), weights)
for one, other in zip(ours, theirs, strict=True):
    torch.testing.assert_close(one, other)
assert "layergen" not in sys.modules
"""
COMPILES = """
import torch

import layergen


def scaled_swish(x):
    return x * torch.sigmoid(x) / max(len(x), 2)


x = torch.randn(5, 6)
derived = layergen.derive(scaled_swish, (x,)).function
for each in (scaled_swish, derived):
    compiled = torch.compile(each, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), scaled_swish(x))
"""


def run(program, folder):
    """Run a script as its own process."""
    (folder / "script.py").write_text(program)
    ended = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path))),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture
def told(folder):
    return run(DERIVES, folder)


def test_what_it_writes_is_as_right_as_the_module(told, folder):
    run(USES, folder)


def test_its_report_names_what_is_kept(told):
    assert "Keeps:       input, layer_0_weight" in told
    assert "plain autograd" in told


def test_a_process_that_derived_still_compiles(folder):
    run(COMPILES, folder)
