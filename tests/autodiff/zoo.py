"""The twenty-eight layers, each with what it takes at any size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from layergen.spec import shapes
from tests.autodiff import forwards

# Sizes of a layer's dimensions, in order of appearance. No number stands in both, nor does twice
# or four times one: a size burnt in at the first is wrong everywhere in the second.
SIZES = (5, 4, 7, 2, 6)
OTHER_SIZES = (9, 11, 10, 13, 12)

Answer = Tensor | tuple[Tensor, ...]
Input = Tensor | float


@dataclass(frozen=True, slots=True)
class Values:
    """A floating tensor that a layer takes.

    Attributes:
        shape: its dimensions: "batch 2*half 3".
        draw: makes it of a shape and a dtype.
    """

    shape: str
    draw: Callable[..., Tensor] = torch.randn

    @property
    def names(self) -> tuple[str, ...]:
        return shapes.symbols(shapes.parse(self.shape))

    def drawn(self, sizes: dict[str, int], dtype: torch.dtype) -> Tensor:
        dims = shapes.parse(self.shape).dims
        return self.draw([shapes.size(dim, sizes) for dim in dims], dtype=dtype)


@dataclass(frozen=True, slots=True)
class Layer:
    """A forward, and what it takes.

    Attributes:
        large: sizes for a benchmark, in order of appearance.
    """

    forward: Callable[..., Answer]
    takes: tuple[Values | float, ...]
    large: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.forward.__name__

    def inputs(
        self, sizes: Sequence[int] = SIZES, dtype: torch.dtype = torch.float64
    ) -> tuple[Input, ...]:
        """Make the inputs, the same on every call."""
        torch.manual_seed(0)
        tensors = [each for each in self.takes if isinstance(each, Values)]
        names = dict.fromkeys(name for each in tensors for name in each.names)
        named = dict(zip(names, sizes, strict=False))
        return tuple(
            each.drawn(named, dtype) if isinstance(each, Values) else each
            for each in self.takes
        )


def layer(
    forward: Callable[..., Answer], large: tuple[int, ...], *takes: str | Values | float
) -> Layer:
    """Say what a forward takes; a shape alone is a tensor of normal values."""
    values = (Values(each) if isinstance(each, str) else each for each in takes)
    return Layer(forward, tuple(values), large)


def positive(shape: str) -> Values:
    def draw(sizes: Sequence[int], dtype: torch.dtype) -> Tensor:
        return torch.randn(sizes, dtype=dtype).abs() + 0.3

    return Values(shape, draw)


def binary(shape: str) -> Values:
    def draw(sizes: Sequence[int], dtype: torch.dtype) -> Tensor:
        return (torch.randn(sizes) > 0).to(dtype)

    return Values(shape, draw)


LAYERS = (
    layer(forwards.swish, (512, 1024), "rows features", "features"),
    layer(forwards.mish, (512, 1024), "rows features"),
    layer(forwards.gelu_tanh, (512, 1024), "rows features"),
    layer(forwards.glu, (512, 512), "rows 2*half"),
    layer(forwards.tempered_softmax, (512, 1024), "rows classes", 0.7),
    layer(forwards.rms_norm, (8, 64, 1024), "batch rows features", "features", 1e-6),
    layer(
        forwards.layer_norm, (512, 1024), "rows features", "features", "features", 1e-5
    ),
    layer(
        forwards.group_norm,
        (8, 16, 48, 40),
        "batch 2*half height width",
        "2*half",
        "2*half",
    ),
    layer(forwards.l2_norm, (512, 1024), "rows features"),
    layer(
        forwards.attention,
        (8, 256, 64, 192, 96),
        "batch queries dim",
        "batch keys dim",
        "batch keys values",
    ),
    layer(
        forwards.causal_attention,
        (8, 256, 64),
        "batch steps dim",
        "batch steps dim",
        "batch steps dim",
    ),
    layer(forwards.rope, (1024, 256), "steps 2*half", "steps 2*half", "steps 2*half"),
    layer(
        forwards.swiglu,
        (256, 192, 512, 320),
        "rows features",
        "hidden features",
        "hidden features",
        "out hidden",
    ),
    layer(
        forwards.bilinear,
        (256, 64, 32, 96),
        "batch left",
        "out left right",
        "batch right",
    ),
    layer(
        forwards.conv_bn_relu,
        (8, 16, 48, 40, 24),
        "batch channels height width",
        "out channels 3 3",
        "out",
        "out",
    ),
    layer(
        forwards.lstm_cell,
        (256, 128, 192),
        "batch features",
        "batch hidden",
        "batch hidden",
        "features 4*hidden",
        "hidden 4*hidden",
    ),
    layer(forwards.rows_of, (4, 131072), "rows features"),
    layer(forwards.product_and_energy, (512, 1024), "rows features", "rows features"),
    layer(forwards.lse_pool, (512, 1024), "rows features"),
    layer(forwards.focal_loss, (512, 512), "rows classes", binary("rows classes"), 2.0),
    layer(forwards.smooth_l1, (512, 1024), "rows features", "rows features", 0.7),
    layer(forwards.cosine_loss, (512, 1024), "rows features", "rows features"),
    layer(forwards.cross_entropy, (512, 1024), "rows classes", binary("rows classes")),
    layer(forwards.dice, (512, 1024), positive("rows pixels"), binary("rows pixels")),
    layer(forwards.squared_error, (524288,), "rows", "rows"),
    layer(forwards.hinge, (524288,), "rows", binary("rows")),
    layer(
        forwards.kl_divergence, (512, 1024), "rows classes", positive("rows classes")
    ),
    layer(
        forwards.triplet,
        (512, 1024),
        "rows features",
        "rows features",
        "rows features",
        1.0,
    ),
)
