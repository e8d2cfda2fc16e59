"""Types and shapes of arguments, by annotations and defaults."""

import pytest

from layergen.errors import BadRequest
from layergen.spec.forward import from_text, returned_shapes
from layergen.spec.model import ArgumentType, Shape


def argument(declaration):
    return from_text(f"def f(x, {declaration}): return x", "a.toml").signature[1]


@pytest.mark.parametrize(
    ("declaration", "kind"),
    [
        ("y", ArgumentType.TENSOR),
        ("y: Tensor", ArgumentType.TENSOR),
        ("y: 'torch.Tensor'", ArgumentType.TENSOR),
        ("y: Tensor | None", ArgumentType.OPTIONAL_TENSOR),
        ("y: None | Tensor", ArgumentType.OPTIONAL_TENSOR),
        ("y: Optional[Tensor]", ArgumentType.OPTIONAL_TENSOR),
        ("y: Tensor = None", ArgumentType.OPTIONAL_TENSOR),
        ("y=None", ArgumentType.OPTIONAL_TENSOR),
        ("y: float = 1", ArgumentType.FLOAT),
        ("y=-1e-5", ArgumentType.FLOAT),
        ("y: int", ArgumentType.INT),
        ("y=3", ArgumentType.INT),
        ("y=True", ArgumentType.BOOL),
        ("y='same'", ArgumentType.STR),
        ("y: 'str'", ArgumentType.STR),
        ("y: Float32[Tensor, 'n']", ArgumentType.TENSOR),
        ("y: Int64[torch.Tensor, 'n']", ArgumentType.INDEX),
        ("y: 'Float[Tensor, \"n\"] | None'", ArgumentType.OPTIONAL_TENSOR),
    ],
)
def test_a_type_is_told_by_annotation_or_default(declaration, kind):
    assert argument(declaration).type is kind


@pytest.mark.parametrize(
    ("dims", "shape"),
    [
        ("batch features", ("batch", "features")),
        ("", ()),
        ("*batch h*d 2*half", ("...", "h*d", "2*half")),
        ("... 3", ("...", "3")),
        ("#n", ("n",)),
    ],
)
def test_a_shape_is_read_from_jaxtyping(dims, shape):
    assert argument(f"y: Float[Tensor, '{dims}']").shape == Shape(shape)


def test_defaults_and_markers_are_kept():
    text = "def f(x, /, y=1e-05, *, z=None): return x"

    x, y, z = from_text(text, "a.toml").signature

    assert (x.default, y.default, z.default) == (None, "1e-05", "None")
    assert (x.keyword_only, y.keyword_only, z.keyword_only) == (False, False, True)


@pytest.mark.parametrize(
    ("declaration", "says"),
    [
        ("y: list[int]", "'list[int]' of 'y'"),
        ("y: float | None", "Known are Tensor"),
        ("y: '['", "not valid Python"),
        ("y: Bool[Tensor, 'n']", "not supported yet"),
        ("y: Float[Tensor, 'n-1']", "'n-1' is no dimension"),
        ("y: Float[Tensor, '*a *b']", "twice"),
        ("y=[1]", "is no number"),
        ("y=1.5 * 2", "is no number"),
        ("y: int = 1.5", "is no int"),
        ("y: float = True", "is no float"),
        ("y: Tensor = 1.0", "A tensor's only default is None."),
    ],
)
def test_what_no_argument_can_be_is_refused(declaration, says):
    with pytest.raises(BadRequest) as error:
        argument(declaration)

    assert says in str(error.value)
    assert error.value.place.line == 1


@pytest.mark.parametrize(
    ("returns", "shapes"),
    [
        ("", ()),
        ("-> Tensor", ()),
        ("-> Float[Tensor, 'n d']", (Shape(("n", "d")),)),
        ("-> tuple[Float[Tensor, 'n'], Float[Tensor, '']]", (Shape(("n",)), Shape(()))),
        ("-> tuple[Float[Tensor, 'n'], Tensor]", ()),
    ],
)
def test_shapes_of_results_are_read(returns, shapes):
    forward = from_text(f"def f(x) {returns}: return x", "a.toml")

    assert returned_shapes(forward) == shapes
