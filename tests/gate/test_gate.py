"""The gate: what was emitted is run, and a difference from the user's text is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from layergen.autodiff.component import with_derivatives
from layergen.autodiff.trial import tried
from layergen.emit.emit import emit
from layergen.errors import CannotDerive
from layergen.gate.gate import check
from layergen.gate.in_memory import PACKAGE
from layergen.spec import bundled, read, toml
from layergen.spec.model import Backward, Kind
from layergen.spec.request import Request


@pytest.fixture(params=["linear", "se_block", "self_attention"])
def made(request):
    record = bundled.examples() / request.param / "layergen.toml"
    spec = toml.parse(record.read_text(), str(record))
    trials = tried(spec)
    if spec.backward is Backward.DERIVED:
        trials = with_derivatives(spec, trials)
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
        ("op.py", "grad_x = grad_out @ weight", "grad_x = -grad_out @ weight"),
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


def derived(forward, **options):
    request = Request(
        Kind.OP, "Ripple", forward=forward, backward=Backward.DERIVED, **options
    )
    here = Path(__file__).parent
    spec, _ = read.from_request(request, cwd=here, into=here, existing=None)
    trials = with_derivatives(spec, tried(spec))
    return spec, trials, emit(spec, trials, spec.folder)


def test_a_derived_backward_is_tried_in_every_way():
    spec, trials, files = derived("x * y")
    slip = changed(files, "op.py", "if ctx.needs_input_grad[1]:", "if True:")

    assert check(spec, trials, files) == ()
    with pytest.raises(CannotDerive, match="the gradient of y is computed"):
        check(spec, trials, slip)


def test_what_a_forward_itself_lacks_is_handed_out():
    [note] = check(*derived("log(1 + exp(x))"))

    assert "torch.nn.functional.softplus would be finite" in note


def test_forgets_the_modules(made):
    import sys

    check(*made)

    assert not [name for name in sys.modules if name.startswith(PACKAGE)]
