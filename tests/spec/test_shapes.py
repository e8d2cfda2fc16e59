import pytest

from layergen.errors import BadRequest
from layergen.spec import shapes
from layergen.spec.excerpt import Excerpt
from layergen.spec.model import Shape


@pytest.mark.parametrize(
    ("text", "dims"),
    [
        ("", ()),
        ("batch,features", ("batch", "features")),
        ("batch, heads * head_dim", ("batch", "heads*head_dim")),
        ("batch heads*head_dim", ("batch", "heads*head_dim")),
        ("batch 2 * half", ("batch", "2*half")),
        ("...,features", ("...", "features")),
        ("3", ("3",)),
    ],
)
def test_reads_commas_and_blanks_alike(text: str, dims: tuple[str, ...]) -> None:
    assert shapes.parse(text) == Shape(dims)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("batch-1", 1),
        ("a,2half", 3),
        ("class", 1),
        ("a,0", 3),
        ("a,03", 3),
        ("a,,b", 3),
        ("a,", 3),
        ("a*", 3),
        ("_", 1),
        ("...,a,...", 7),
        ("*batch a", 1),
        ("a,f(b)", 3),
        ("größe", 1),
    ],
)
def test_refuses_what_is_no_shape_and_points_at_it(text: str, column: int) -> None:
    with pytest.raises(BadRequest) as caught:
        shapes.parse(text)
    assert caught.value.place is not None
    assert caught.value.place.column == column


def test_column_counts_from_the_begin_of_the_option() -> None:
    whole = Excerpt.of("--shape", "x=batch,0")
    with pytest.raises(BadRequest) as caught:
        shapes.parse(whole.cut(2))
    assert caught.value.place is not None
    assert caught.value.place.column == 9


def test_spelling_reads_back() -> None:
    shape = Shape(("...", "2*half", "3"))
    assert shapes.parse(shapes.spelled(shape)) == shape


def test_symbols_are_listed_once_in_order() -> None:
    assert shapes.symbols(Shape(("b", "2*h*d", "...", "d", "3"))) == ("b", "h", "d")


def test_size_of_a_product() -> None:
    assert shapes.size("2*heads*dim", {"heads": 3, "dim": 5}) == 30
