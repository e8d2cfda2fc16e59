"""--backward and --recompute: what each kind gets, and what contradicts what."""

import pytest

from layergen.errors import BadRequest
from layergen.spec import bundled, gradient, toml
from layergen.spec.model import Backward, Kind, Recompute, Spec
from tests.spec.requests.workshop import SWISH, Workshop


def derived_op(shop: Workshop) -> Spec:
    return shop.make(
        "op",
        "swish",
        forward=SWISH,
        backward=Backward.DERIVED,
        recompute=Recompute.ALL,
    )


@pytest.mark.parametrize("backward", Backward)
def test_an_op_has_the_backward_that_is_asked_for(
    shop: Workshop, backward: Backward
) -> None:
    spec = shop.make("op", "swish", forward=SWISH, backward=backward)

    assert (spec.makes, spec.backward) == ((Kind.OP,), backward)


def test_a_derived_layer_calls_an_op(shop: Workshop) -> None:
    spec = shop.make("layer", "Swish", forward=SWISH, backward=Backward.DERIVED)

    assert spec.makes == (Kind.OP, Kind.LAYER)
    assert spec.layers[-1].calls_op


def test_a_loss_is_derived_where_it_stands(shop: Workshop) -> None:
    spec = shop.make("loss", "Gap", forward="(p - t) ** 2", backward=Backward.DERIVED)

    assert (spec.makes, spec.backward) == ((Kind.LOSS,), Backward.DERIVED)


@pytest.mark.parametrize("kind", ["layer", "loss"])
def test_layers_and_losses_are_plain_where_nobody_said(
    shop: Workshop, kind: str
) -> None:
    assert shop.make(kind, "Ripple", forward="x * 2").backward is Backward.AUTOGRAD


@pytest.mark.parametrize("kind", ["op", "layer", "loss"])
def test_the_default_of_a_kind_can_be_derived(shop: Workshop, kind: str) -> None:
    spec = shop.make(
        kind, "Ripple", backward=Backward.DERIVED, recompute=Recompute.NONE
    )

    assert spec.backward is Backward.DERIVED
    assert spec.recompute is Recompute.NONE


def test_what_is_cheap_is_computed_again_where_nobody_said(shop: Workshop) -> None:
    spec = shop.make("op", "swish", forward=SWISH, backward=Backward.DERIVED)

    assert spec.recompute is Recompute.CHEAP


@pytest.mark.parametrize("recompute", Recompute)
def test_recompute_stands_beside_a_derived_backward(
    shop: Workshop, recompute: Recompute
) -> None:
    spec = shop.make(
        "op", "swish", forward=SWISH, backward=Backward.DERIVED, recompute=recompute
    )
    text = toml.render(spec, ())

    assert f'backward = "derived"\nrecompute = "{recompute}"\n' in text
    assert toml.parse(text, "swish").recompute is recompute


@pytest.mark.parametrize("backward", [Backward.AUTOGRAD, Backward.STUB])
def test_recompute_stands_beside_no_other_backward(
    shop: Workshop, backward: Backward
) -> None:
    spec = shop.make("op", "swish", forward=SWISH, backward=backward)

    assert "recompute" not in toml.render(spec, ())


def test_a_file_without_recompute_is_left_as_it_is(shop: Workshop) -> None:
    text = toml.render(derived_op(shop), ()).replace('recompute = "all"\n', "")

    spec = toml.parse(text, "swish")

    assert spec.recompute is Recompute.CHEAP
    assert toml.render(spec, (), text) == text


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("op", {"backward": Backward.STUB, "forward": SWISH}),
        ("op", {"backward": Backward.AUTOGRAD}),
        ("layer", {"forward": SWISH}),
        ("layer", {"like": "se_block"}),
        ("loss", {}),
    ],
)
def test_recompute_needs_a_derived_backward(
    shop: Workshop, kind: str, options: dict[str, str]
) -> None:
    with pytest.raises(BadRequest, match="belongs to a derived backward"):
        shop.make(kind, "Swish", recompute=Recompute.CHEAP, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("like", ["se_block", "unet"])
def test_an_example_that_takes_self_has_no_function(shop: Workshop, like: str) -> None:
    with pytest.raises(BadRequest, match="the forward takes self"):
        shop.make("layer", "Mine", like=like, backward=Backward.DERIVED)


def test_an_example_is_derived(shop: Workshop) -> None:
    spec = shop.make(
        "layer",
        "Mine",
        like="linear",
        backward=Backward.DERIVED,
        recompute=Recompute.ALL,
    )

    assert (spec.backward, spec.recompute) == (Backward.DERIVED, Recompute.ALL)
    assert spec.op is not None


def test_a_layer_keeps_what_its_op_has(shop: Workshop) -> None:
    both = shop.make("layer", "Swish", on=derived_op(shop), parameters=["beta=1.0"])

    assert (both.backward, both.recompute) == (Backward.DERIVED, Recompute.ALL)


def test_an_op_brings_its_backward_to_a_layer(shop: Workshop) -> None:
    layer = shop.make("layer", "Swish", forward=SWISH)

    both = shop.make(
        "op", "swish", on=layer, backward=Backward.DERIVED, recompute=Recompute.NONE
    )

    assert (both.backward, both.recompute) == (Backward.DERIVED, Recompute.NONE)


@pytest.mark.parametrize("kind", ["op", "layer"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"recompute": Recompute.CHEAP}, "whose recompute is all"),
        ({"backward": Backward.STUB}, "swish"),
        ({"backward": Backward.AUTOGRAD}, "swish"),
    ],
)
def test_another_gradient_than_the_components_is_refused(
    shop: Workshop, kind: str, options: dict[str, Backward], said: str
) -> None:
    op = derived_op(shop)
    name = "Swish" if kind == "layer" else "swish"

    with pytest.raises(BadRequest, match=said):
        shop.make(kind, name, on=op, **options)  # type: ignore[arg-type]


def test_recompute_is_refused_for_what_is_there_and_plain(shop: Workshop) -> None:
    layer = shop.make("layer", "Swish", forward=SWISH)

    with pytest.raises(BadRequest, match="this one is autograd"):
        shop.make("layer", "Swish", on=layer, recompute=Recompute.CHEAP)


@pytest.mark.parametrize("kind", ["op", "layer", "loss"])
@pytest.mark.parametrize("again", [{}, {"recompute": Recompute.ALL}])
def test_the_same_request_again_changes_nothing(
    shop: Workshop, kind: str, again: dict[str, Recompute]
) -> None:
    first = shop.make(
        kind,
        "Swish",
        forward=SWISH,
        backward=Backward.DERIVED,
        recompute=Recompute.ALL,
    )

    second = shop.make(kind, "Swish", on=first, forward=SWISH, **again)  # type: ignore[arg-type]

    assert toml.contents(second) == toml.contents(first)


def test_the_default_of_an_op_with_a_forward_is_one_constant(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradient, "OF_AN_OP", Backward.DERIVED)
    layer = shop.make("layer", "Swish", forward=SWISH)

    both = shop.make("op", "swish", on=layer, recompute=Recompute.NONE)
    alone = shop.make("op", "swish", forward=SWISH)
    bare = shop.make("op", "swish")

    assert (both.backward, both.recompute) == (Backward.DERIVED, Recompute.NONE)
    assert alone.backward is Backward.DERIVED
    assert bare.backward is Backward.STUB


def test_a_derived_example_can_be_made_with_a_stub(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = shop.folder / "examples" / "swish"
    example.mkdir(parents=True)
    (example / "layergen.toml").write_text(toml.render(derived_op(shop), ()))
    monkeypatch.setattr(bundled, "examples", lambda: example.parent)

    same = shop.make("op", "mine", like="swish")
    other = shop.make("op", "mine", like="swish", backward=Backward.STUB)

    assert (same.backward, same.recompute) == (Backward.DERIVED, Recompute.ALL)
    assert (other.backward, other.recompute) == (Backward.STUB, Recompute.CHEAP)


def test_another_backward_is_told_before_its_recompute(shop: Workshop) -> None:
    op = shop.make("op", "swish", forward=SWISH, backward=Backward.STUB)

    with pytest.raises(BadRequest, match="--backward derived contradicts the op"):
        shop.make(
            "layer",
            "Swish",
            on=op,
            backward=Backward.DERIVED,
            recompute=Recompute.ALL,
        )
