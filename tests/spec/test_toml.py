import dataclasses
from typing import Any

import pytest

from layergen.errors import BadRequest, NotYet
from layergen.spec import bundled, inputs, toml
from layergen.spec.model import (
    ANY_SHAPE,
    Argument,
    ArgumentType,
    Backward,
    Case,
    Forward,
    Init,
    Kind,
    Shape,
)

SWISH = """\
# my own comment
format = 1

[component]
name = "Swish"
makes = ["op", "layer"]   # both
backward = "stub"

[forward]
text = '''
def swish(x, beta):
    return x * torch.sigmoid(beta * x)
'''

[arguments]
x = { tensor = "..." }
beta = {tensor=""}

[parameters]
beta = { init = "1.0", shape = "" }

[example]
shows = "a learnable scalar"

[written]  # hashes
"op.py" = "sha256:1"
"""

BLOCK = """\
format = 1
[component]
name = "SEBlock"
summary = "Weigh channels by what all of them say."
makes = ["layer"]
tests_into = "../tests"
[arguments]
reduction = { int = "16" }
x = { tensor = "batch channels ..." }
[submodules]
reduce = "Half(channels, max(1, channels // reduction))"
[buffers]
seen = { init = "zeros", shape = "channels" }
[forward]
text = '''
def forward(self, x):
    if self.training:
        return x
    gate = self.reduce(x.flatten(2).mean(-1)) + self.seen
    return x * gate.unflatten(-1, (-1, *(1,) * (x.dim() - 2)))
'''
[returns]
shapes = ["batch,channels,..."]
[[cases]]
channels = 4
reduction = 2
[modules.Half.submodules]
both = '''
nn.ModuleList(
    nn.Linear(rows, columns) for _ in range(2)
)'''
[modules.Half.arguments]
x = { tensor = "..., rows" }
[modules.Half.forward]
text = "def forward(self, x): return self.both[0](x) + self.both[1](x)"
[[modules.Half.cases]]
rows = 3
"""

ATTENTION = """\
format = 1
[component]
name = "SelfAttention"
makes = ["op", "layer"]
[forward]
text = '''
def attend(q, k, v, mask=None, *, causal=False):
    scores = q @ k.mT if mask is None else q @ k.mT + mask
    return scores.tril() @ v if causal else scores @ v
'''
[arguments]
mask = { "tensor?" = "t,s" }
causal = { bool = "True", keyword_only = true }
[modules.SelfAttention.submodules]
project = "nn.Linear(width, width)"
[modules.SelfAttention.arguments]
x = { tensor = "batch,t,width" }
[modules.SelfAttention.forward]
text = '''
def forward(self, x):
    return self_attention(self.project(x), x, x)
'''
"""

LOSS = """\
format = 1
[component]
name = "Focal"
makes = ["loss"]
[forward]
text = '''
def focal(logits, target, gamma=2.0):
    return torch.nn.functional.cross_entropy(logits, target, reduction="none") * gamma
'''
[arguments]
logits = { tensor = "batch,classes" }
target = { index = "batch" }
"""

ALL = {"swish": SWISH, "block": BLOCK, "attention": ATTENTION, "loss": LOSS}


def without_source(value: Any) -> Any:
    """Forget where a forward was read: it is not what was asked for."""
    if isinstance(value, tuple):
        return tuple(map(without_source, value))
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes = {
        field.name: without_source(getattr(value, field.name))
        for field in dataclasses.fields(value)
    }
    if isinstance(value, Forward):
        changes |= {"source": "", "first_line": 0}
    return dataclasses.replace(value, **changes)


@pytest.mark.parametrize("name", ALL)
def test_what_is_rendered_reads_as_the_same_spec(name: str) -> None:
    spec = toml.parse(ALL[name], name)
    again = toml.parse(toml.render(spec, ()), name)
    assert without_source(again) == without_source(spec)


@pytest.mark.parametrize("name", ALL)
def test_rendering_without_a_change_leaves_every_byte(name: str) -> None:
    text = ALL[name]
    assert toml.render(toml.parse(text, name), toml.written(text), text) == text


@pytest.mark.parametrize("name", bundled.example_names())
def test_bundled_examples_obey_both_laws(name: str) -> None:
    text = (bundled.examples() / name / "layergen.toml").read_text()
    spec = toml.parse(text, name)
    assert toml.render(spec, toml.written(text), text) == text
    again = toml.parse(toml.render(spec, ()), name)
    assert without_source(again) == without_source(spec)
    assert toml.example_shows(text)


def test_only_what_differs_changes() -> None:
    text = toml.render(toml.parse(SWISH, "s"), (("op.py", "sha256:2"),), SWISH)
    assert text == SWISH.replace("sha256:1", "sha256:2")
    spec = dataclasses.replace(toml.parse(SWISH, "s"), backward=Backward.AUTOGRAD)
    text = toml.render(spec, (("op.py", "sha256:1"),), SWISH)
    assert text == SWISH.replace('backward = "stub"', 'backward = "autograd"')


def test_a_new_table_stands_before_the_hashes() -> None:
    spec = toml.parse(SWISH, "s")
    assert spec.op is not None
    op = dataclasses.replace(spec.op, cases=(Case(()),), returns=(ANY_SHAPE,))
    spec = dataclasses.replace(spec, op=op)
    text = toml.render(spec, toml.written(SWISH), SWISH)
    assert text.index("[returns]") < text.index("[written]  # hashes")
    assert "# my own comment" in text
    assert "a learnable scalar" in text


def test_a_new_file_tells_what_to_do_with_it() -> None:
    text = toml.render(toml.parse(SWISH, "s"), ())
    first = "# What was asked for. Edit it and run `layergen regenerate swish`."
    assert text.splitlines()[0] == first
    assert "text = '''\ndef swish(x, beta):\n" in text
    assert 'x = { tensor = "..." }\n' in text


@pytest.mark.parametrize("inside", ["'''", '"""', "\\", "\x7f", "é"])
def test_any_text_survives(inside: str) -> None:
    function = f"def swish(x, beta):\n    # {inside}\n    return x * beta\n"
    spec = toml.parse(SWISH, "s")
    assert spec.op is not None
    forward = dataclasses.replace(spec.op.forward, text=function)
    op = dataclasses.replace(spec.op, forward=forward)
    again = toml.parse(toml.render(dataclasses.replace(spec, op=op), ()), "s")
    assert again.op is not None
    assert again.op.forward.text == function


def test_an_op_and_its_layer_share_a_forward() -> None:
    spec = toml.parse(SWISH, "s")
    assert spec.makes == (Kind.OP, Kind.LAYER)
    assert spec.op is not None
    (layer,) = spec.layers
    assert layer.calls_op
    assert layer.forward == spec.op.forward
    assert spec.op.arguments[1] == Argument(
        "beta", ArgumentType.TENSOR, shape=Shape(())
    )
    assert layer.arguments == (
        Argument("x", ArgumentType.TENSOR),
        Argument("beta", ArgumentType.FLOAT, "1.0"),
    )
    assert layer.parameters[0].init == Init("constant", ("beta",))


def test_blocks_come_first_and_get_their_own_arguments() -> None:
    half, own = toml.parse(BLOCK, "b").layers
    assert (half.name, own.name) == ("Half", "SEBlock")
    assert [each.name for each in half.arguments] == ["x", "rows", "columns"]
    assert [each.name for each in own.arguments] == ["x", "channels", "reduction"]
    assert own.cases == (Case((("channels", "4"), ("reduction", "2"))),)


def test_a_module_of_the_components_name_is_its_layer_beside_an_op() -> None:
    spec = toml.parse(ATTENTION, "a")
    assert spec.op is not None
    assert spec.op.name == "self_attention"
    assert spec.op.arguments[-1] == Argument(
        "causal", ArgumentType.BOOL, "True", keyword_only=True
    )
    assert spec.backward is Backward.STUB
    assert [layer.calls_op for layer in spec.layers] == [False]


def test_every_spec_has_example_inputs() -> None:
    for name, text in ALL.items():
        for layer in toml.parse(text, name).layers:
            held = layer.parameters + layer.buffers
            assert inputs.examples(layer.arguments, layer.cases, held)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("format = 1", "format = 1 1", 2, "no TOML"),
        ("[parameters]", "[parameter]", 19, "Did you mean 'parameters'"),
        ('init = "1.0"', 'inti = "1.0"', 20, "Did you mean 'init'"),
        ('name = "Swish"', "name = 3", 5, "is no text"),
        ('name = "Swish"', 'name = "class"', None, "word of Python"),
        ('makes = ["op", "layer"]', 'makes = ["opp"]', 6, "can't make 'opp'"),
        ('makes = ["op", "layer"]', "makes = []", 4, "makes nothing"),
        ('makes = ["op", "layer"]', 'makes = ["op", "loss"]', 6, "stands alone"),
        ('makes = ["op", "layer"]', 'makes = ["layer"]', 4, "has no backward"),
        ('makes = ["op", "layer"]', 'makes = ["op"]', 20, "holds none"),
        ('backward = "stub"', 'backward = "stubb"', 7, "unknown backward"),
        ('x = { tensor = "..." }', 'x = { tensr = "" }', 16, "Did you mean 'tensor'"),
        ('x = { tensor = "..." }', 'x = { tensor = "a-1" }', 16, "is no dimension"),
        ('x = { tensor = "..." }', 'y = { tensor = "..." }', 16, "is used nowhere"),
        ('x = { tensor = "..." }', "x = { }", 16, "has no type"),
        ('{tensor=""}', '{ float = "x" }', 17, "no default for float"),
        ('{tensor=""}', '{ float = "2.0" }', 17, "no gradient would reach it"),
        ('shape = ""', 'shape = "..."', 20, "leaves its dimensions open"),
        ("x * torch", "x.item() * torch", 12, "'.item' is refused"),
        ("beta * x", "x", 17, "'beta' is used nowhere"),
        ("[forward]\n", "[forward]\ntxt = 1\n", 10, "Did you mean 'text'"),
        ('shows = "a', 'show = "a', None, ""),
    ],
)
def test_a_mistake_is_told_with_its_line(
    old: str, new: str, line: int | None, said: str
) -> None:
    assert old in SWISH
    text = SWISH.replace(old, new, 1)
    if not said:
        assert toml.parse(text, "swish/layergen.toml")  # [example] is free
        return
    with pytest.raises(BadRequest) as caught:
        toml.parse(text, "swish/layergen.toml")
    assert said in str(caught.value)
    if line is not None:
        assert caught.value.place is not None
        assert caught.value.place.source == "swish/layergen.toml"
        assert caught.value.place.line == line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format = 1", "format = 2"),
        ('backward = "stub"', 'backward = "derived"'),
        ('backward = "stub"', 'recompute = "cheap"'),
    ],
)
def test_what_a_later_version_knows_is_not_there_yet(old: str, new: str) -> None:
    with pytest.raises(NotYet):
        toml.parse(SWISH.replace(old, new), "swish/layergen.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("self.reduce(x", "self.reduced(x", "Did you mean 'reduced'"),
        ("+ self.seen", "+ 0", "'seen' is used nowhere"),
        ("self.training", "self.trainin", "Did you mean self.training"),
        ("(rows, columns)", "(rows, column5 // x)", "'x' is a tensor"),
        ("(channels, max", "(channel, max", "one letter off"),
        ("Half(channels", "Hafl(channels", "can't stand here"),
        ("channels = 4", "chanels = 4", "Did you mean 'channels'"),
        ("channels = 4", "channels = 0.5", "of type int"),
        ("modules.Half", "modules.half", "is no class name"),
        ("modules.Half", "modules.SEBlock", "is the component itself"),
        ('shapes = ["', 'shapes = ["a", "', "2 shapes are told of 1"),
    ],
)
def test_modules_must_fit_what_is_declared(old: str, new: str, said: str) -> None:
    assert old in BLOCK
    with pytest.raises(BadRequest) as caught:
        toml.parse(BLOCK.replace(old, new), "b")
    assert said in str(caught.value)
