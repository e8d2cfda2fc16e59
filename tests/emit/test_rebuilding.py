"""What is kept is computed again for a second derivative, and nothing is drawn twice."""

from dataclasses import replace

import pytest

from layergen.ir.graph import Value
from tests.emit.graphs import (
    X,
    Y,
    arguments,
    cotangent,
    function,
    gradients,
    graph,
    operator,
    tensor,
)
from tests.emit.printed import BW, sine_of_product, texts


def test_what_is_kept_is_rebuilt_by_the_forward():
    assert texts(sine_of_product()).rebuilt == ("_, p = SineFunction.forward(x, w)",)


def test_nothing_is_rebuilt_where_nothing_is_kept():
    assert texts(replace(sine_of_product(), kept=(), saved=(0, 1))).rebuilt == ()


@pytest.mark.parametrize(
    "fields", [{"random": True}, {"constant": True}, {"dtype": "int64"}]
)
def test_what_does_not_vary_with_the_inputs_is_not_rebuilt(fields):
    assert texts(sine_of_product(**fields)).rebuilt == ()


def test_rebuilding_takes_every_argument():
    derived = replace(sine_of_product(), names=("x", "w", "eps"), saved=(1, 2))
    derived = replace(derived, gradients=(*derived.gradients, None))
    found = texts(derived, arguments("x", "w", eps="float"))

    assert found.saved == ("x", "w", "p")
    assert found.scalars == ("eps",)
    assert found.rebuilt == ("_, p = SineFunction.forward(x, w, eps)",)


def with_noise():
    """Derive sin(x @ (w * noise)), keeping the noise and the product."""
    made = graph(
        tensor("x"),
        tensor("w"),
        function("torch.rand_like", Y, random=True, hint="noise"),
        operator("mul", Y, Value(2)),
        operator("matmul", X, Value(3), hint="p"),
        function("torch.sin", Value(4)),
        cotangent(),
        function("torch.cos", Value(4), **BW),
        operator("mul", Value(6), Value(7), **BW),
    )
    return gradients(made, [5], {"x": 8}, kept=(2, 4), saved=(0, 2, 4))


def test_what_is_drawn_is_not_drawn_again():
    found = texts(with_noise())

    assert found.rebuilt == ("p = x @ (w * noise)",)
    assert found.saved == ("x", "w", "noise", "p")


def test_what_has_no_gradient_is_not_computed_again():
    """Forward's own text computes it under torch.no_grad(); a printed one does not."""
    derived = with_noise()
    nodes = list(derived.graph.nodes)
    nodes[2] = replace(nodes[2], random=False, constant=True)

    found = texts(replace(derived, graph=graph(*nodes)))

    assert found.rebuilt == ("p = x @ (w * noise)",)


def normalised(*args, **kwargs):
    """Derive a batch_norm in training, keeping its result."""
    made = graph(
        tensor("x"),
        tensor("mean"),
        tensor("var"),
        function("F.batch_norm", *args, kwargs=kwargs, changes_state=True, hint="n"),
        function("torch.sin", Value(3)),
        cotangent(),
        function("torch.cos", Value(3), **BW),
        operator("mul", Value(5), Value(6), **BW),
    )
    return gradients(made, [4], {"x": 7}, kept=(3,), saved=(0, 3))


@pytest.mark.parametrize(
    ("derived", "line"),
    [
        (
            normalised(X, Value(1), Value(2), training=True),
            "n = F.batch_norm(x, None, None, training=True)",
        ),
        (
            normalised(X, Value(1), Value(2), Value(1), None, True),
            "n = F.batch_norm(x, None, None, mean, None, True)",
        ),
        (
            normalised(X, running_mean=Value(1), running_var=Value(2), training=True),
            "n = F.batch_norm(x, None, None, training=True)",
        ),
    ],
)
def test_running_statistics_are_not_updated_again(derived, line):
    assert texts(derived).rebuilt == (line,)


def test_running_statistics_that_are_only_read_stay():
    derived = normalised(X, Value(1), Value(2))
    nodes = list(derived.graph.nodes)
    nodes[3] = replace(nodes[3], changes_state=False)
    noise = function("torch.rand_like", X, random=True)  # so that it is printed

    found = texts(replace(derived, graph=graph(*nodes, noise)))

    assert found.rebuilt == ("n = F.batch_norm(x, mean, var)",)
