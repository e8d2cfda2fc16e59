"""The gate: what was emitted is run, and a difference from the user's text is refused."""

from dataclasses import replace

import pytest

from layergen.autodiff.trial import tried
from layergen.emit.emit import emit
from layergen.errors import CannotDerive
from layergen.gate.gate import check
from layergen.gate.in_memory import PACKAGE
from layergen.spec import bundled, toml


@pytest.fixture(params=["linear", "se_block", "self_attention"])
def made(request):
    record = bundled.examples() / request.param / "layergen.toml"
    spec = toml.parse(record.read_text(), str(record))
    trials = tried(spec)
    return spec, trials, emit(spec, trials, spec.folder)


def changed(files, path, old, new):
    [before] = [file for file in files if str(file.path) == path]
    assert old in before.text
    after = replace(before, text=before.text.replace(old, new))
    return [after if file is before else file for file in files]


def test_lets_through_what_agrees(made):
    check(*made)


SLIPS = {
    "linear": [
        ("op.py", "x @ weight.mT", "2 * x @ weight.mT"),
        ("op.py", "vjp(grad_out)", "vjp(-grad_out)"),
        ("layer.py", "self.weight, self.bias)", "self.weight)"),
    ],
    "se_block": [
        ("layer.py", "torch.sigmoid(gate)", "torch.tanh(gate)"),
        ("layer.py", "self.reduce(x.", "self.reduce(x.detach()."),
    ],
    "self_attention": [
        ("op.py", "triu(1)", "triu(0)"),
        ("layer.py", "mask, self.causal", "mask, False"),
    ],
}


def test_refuses_what_differs(made):
    spec, trials, files = made

    for path, old, new in SLIPS[spec.folder]:
        with pytest.raises(CannotDerive, match="is not its forward"):
            check(spec, trials, changed(files, path, old, new))


def test_forgets_the_modules(made):
    import sys

    check(*made)

    assert not [name for name in sys.modules if name.startswith(PACKAGE)]
