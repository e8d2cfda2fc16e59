"""An op whose forward takes a word: its gradient is that of the word, or there is none."""

import importlib
import sys

import pytest
import torch

FORWARD = """
def ripple(x, kind: str = "sine"):
    return x.sin() if kind == "sine" else x.exp()
"""


@pytest.fixture
def made(folder, layergen, monkeypatch):
    """Make the op, and import its function."""
    (folder / "forwards.py").write_text(FORWARD)
    monkeypatch.syspath_prepend(folder)

    def make(*options):
        layergen("new-op", "ripple", "--from", "forwards.py:ripple", *options)
        importlib.invalidate_caches()
        return importlib.import_module("ripple").ripple

    yield make
    for name in ("ripple", "ripple.op"):
        sys.modules.pop(name, None)


def gradient(function, *words):
    x = torch.tensor([0.5, 1.0, -2.0], requires_grad=True)
    return torch.autograd.grad(function(x, *words).sum(), x)[0], x.detach()


def test_another_word_than_the_default_is_refused(made):
    ripple = made()

    found, x = gradient(ripple)
    torch.testing.assert_close(found, x.cos())
    with pytest.raises(ValueError, match="for kind='sine' alone"):
        ripple(x, "growth")


def test_a_word_of_a_case_stands_beside_the_default(made):
    ripple = made("--case", "kind='growth'")

    found, x = gradient(ripple)
    torch.testing.assert_close(found, x.cos())
    torch.testing.assert_close(gradient(ripple, "growth")[0], x.exp())
    with pytest.raises(ValueError, match="for kind='growth' or 'sine' alone"):
        ripple(x, "decay")
