import pytest

from layergen.errors import BadRequest, NotYet
from layergen.spec import toml
from tests.spec.tomls import BLOCK, SWISH


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
        ('backward = "stub"', 'recompute = "cheep"', 7, "unknown recompute"),
        ('backward = "stub"', "recompute = 1", 7, "is no text"),
        ("[forward]", '[forward]\nrecompute = "all"', 10, "unknown key"),
        ('"stub"', '"stub"\nrecompute = "all"', 8, "this one is stub"),
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


def test_a_later_format_is_not_there_yet() -> None:
    with pytest.raises(NotYet):
        toml.parse(SWISH.replace("format = 1", "format = 2"), "swish/layergen.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("self.reduce(x", "self.reduced(x", "Did you mean 'reduced'"),
        ("+ self.seen", "+ 0", "'seen' is used nowhere"),
        ("self.training", "self.trainin", "Did you mean self.training"),
        ("(rows, columns)", "(rows, column5 // x)", "'x' is a tensor"),
        ("(rows, columns)", "(rows, nope())", "at b:30, column 21"),
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
