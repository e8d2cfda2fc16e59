"""What goes on ctx: whatever the backward of any setting uses, each once and in order."""

from layergen.emit.used import Used
from layergen.spec.model import Argument, ArgumentType
from tests.emit.graphs import arguments
from tests.emit.printed import printed

ARGUMENTS = (
    *arguments("x", "w", eps="float", mode="str"),
    Argument("bias", ArgumentType.OPTIONAL_TENSOR),
)


def used(*each, flags=()):
    return Used(ARGUMENTS, each, flags)


def test_arguments_are_saved_in_the_order_of_the_signature():
    assert used(printed(saved=("w", "x"))).saved == ("x", "w")


def test_what_was_computed_is_saved_behind_the_arguments():
    assert used(printed(saved=("scores", "x", "output"))).saved == (
        "x",
        "scores",
        "output",
    )


def test_what_any_setting_saves_is_saved_once():
    found = used(printed(saved=("x", "p")), printed(saved=("w", "p", "q")))

    assert found.saved == ("x", "w", "p", "q")


def test_scalars_of_any_setting_are_kept_in_the_order_of_the_signature():
    found = used(printed(scalars=("mode",)), printed(scalars=("eps", "mode")))

    assert found.scalars == ("eps", "mode")


def test_a_flag_that_a_condition_asks_is_kept():
    assert used(printed(), flags=["mode"]).scalars == ("mode",)


def test_a_tensor_whose_presence_a_condition_asks_is_saved():
    found = used(printed(saved=("x",)), flags=["bias"])

    assert found.saved == ("x", "bias")
    assert found.scalars == ()


def test_a_shape_is_kept_where_its_tensor_is_not():
    assert used(printed(saved=("x",), shapes=("w",))).shapes == ("w",)


def test_the_shape_of_a_saved_tensor_is_kept_where_a_setting_reads_it():
    """One setting saves w, the other reads ctx.w_shape."""
    found = used(printed(saved=("w",)), printed(shapes=("w",)))

    assert found.shapes == ("w",)


def test_nothing_is_kept_for_nothing():
    found = used(printed())

    assert (found.saved, found.scalars, found.shapes) == ((), (), ())
