"""A tape turned into plain data: numbers by name, sizes as symbols, and nothing in vain."""

import pytest
import torch

from layergen.autodiff.freeze import frozen
from layergen.autodiff.named import named
from layergen.autodiff.recorder import Recorder
from layergen.autodiff.refusal import Reason
from layergen.autodiff.tape import Tape
from layergen.ir.graph import (
    Arithmetic,
    DeviceOf,
    DtypeOf,
    Kind,
    Listed,
    Named,
    Phase,
    Range,
    Scalar,
    ShapeOf,
    Syntax,
    Value,
)
from tests.autodiff.taped import shape_of, symbolic

X = Value(0)


def refuse(reason, entry, detail):
    return ValueError(reason, entry.op, detail)


def graph_of(compute, roots=None, **shapes):
    """Record a few lines on symbolic tensors, and freeze them."""
    sandbox, tensors = symbolic(**(shapes or {"x": (2, 3)}))
    tape = Tape()
    for name, tensor in zip(shapes or ["x"], tensors, strict=True):
        tape.leaf(Kind.ARGUMENT, name, tensor)
    recorder = Recorder(tape, None, None, lambda line: None)
    with sandbox.entered(gradients=True), recorder:
        result = compute(*tensors)
    last = tape.find(result).index if isinstance(result, torch.Tensor) else None
    return frozen(tape, roots or [0, last], sandbox, refuse).graph


def last(compute, **shapes):
    return graph_of(compute, **shapes).nodes[-1]


def leaf(found):
    """Freeze an argument of some call on x."""
    sandbox, [x] = symbolic(x=(2, 3))
    tape = Tape()
    tape.leaf(Kind.ARGUMENT, "x", x)
    given = found(tape[0]) if callable(found) else found
    recorder = Recorder(tape, None, None, lambda line: None)
    with sandbox.entered(gradients=True), recorder:
        entry = tape.find(x.sin())
    entry.args = (X, given)
    made = frozen(tape, [entry.index], sandbox, refuse).graph
    return made.nodes[-1].args[1], made[0].shape


def test_a_node_says_what_its_entry_says():
    node = last(lambda x: torch.softmax(x, -1, dtype=torch.float32))

    assert (node.kind, node.op, node.name) == (Kind.CALL, "softmax", "torch.softmax")
    assert node.syntax is Syntax.FUNCTION
    assert node.args == (X, -1)
    assert node.kwargs == (("dtype", Named("torch.float32")),)
    assert node.dtype == "float32"
    assert node.phase is Phase.FORWARD


def test_sizes_are_symbols_that_are_the_same_where_the_sizes_are():
    made = graph_of(lambda x: x.sum(0, keepdim=True), x=(2, 3))

    rows, columns = made[0].shape
    assert rows != columns
    assert made[1].shape == (1, columns)


def test_a_computed_size_is_arithmetic():
    made = graph_of(lambda x, y: torch.cat([x, y]), x=(2,), y=(3,))

    [size] = made[2].shape
    assert size.op == "+"
    assert set(size.operands) == {*made[0].shape, *made[1].shape}


@pytest.mark.parametrize(
    ("found", "plain"),
    [
        (1, 1),
        (0.5, 0.5),
        (True, True),
        (1j, 1j),
        ("mean", "mean"),
        (None, None),
        (..., ...),
        ((1, (2, X)), (1, (2, X))),
        ([1, [X]], Listed((1, Listed((X,))))),
        (slice(1, None, 2), Range(1, None, 2)),
        (torch.float64, DtypeOf()),
        (torch.float32, Named("torch.float32")),
        (torch.int64, Named("torch.int64")),
        (torch.device("cpu"), DeviceOf()),
        (torch.contiguous_format, Named("torch.contiguous_format")),
        (named(0.5, "eps"), Scalar("eps")),
        (2 * named(0.5, "eps"), Arithmetic("*", (2, Scalar("eps")))),
        (-named(2, "k"), Arithmetic("neg", (Scalar("k"),))),
        (shape_of, ShapeOf(X)),
    ],
)
def test_an_argument_becomes_plain_data(found, plain):
    assert leaf(found)[0] == plain


def test_a_size_becomes_its_symbol():
    found, (rows, columns) = leaf(lambda x: x.result.shape[1])

    assert found == columns != rows


def test_a_number_made_of_a_size_keeps_both():
    found, (rows, _) = leaf(lambda x: named(0.5, "eps") * x.result.shape[0])

    assert found == Arithmetic("*", (Scalar("eps"), rows))


@pytest.mark.parametrize("found", [object(), {"a": 1}, len])
def test_an_object_is_refused_by_its_type(found):
    with pytest.raises(ValueError, match=type(found).__name__) as error:
        leaf(lambda x: found)

    assert error.value.args[:2] == (Reason.OBJECT_ARGUMENT, "sin")


def test_a_number_that_has_no_plain_spelling_is_refused():
    with pytest.raises(ValueError, match="sin") as error:
        leaf(lambda x: torch._sym_cos(x.result.shape[0]))

    assert error.value.args[:2] == (Reason.SIZE_EXPRESSION, "sin")


def test_what_nobody_needs_is_left_out():
    def compute(x):
        x.exp()
        return x.sin()

    assert [node.op for node in graph_of(compute).nodes] == ["argument", "sin"]


def test_nodes_are_numbered_by_their_places():
    def compute(x):
        x.exp()
        return x.sin().cos()

    made = graph_of(compute)

    assert [node.index for node in made.nodes] == [0, 1, 2]
    assert made[2].args == (Value(1),)


def test_what_only_its_shape_is_needed_of_is_kept():
    made = graph_of(lambda x, y: x.expand(y.exp().shape), x=(3,), y=(2, 3))

    assert [node.op for node in made.nodes] == ["argument", "argument", "exp", "expand"]
    assert made[3].args == (X, ShapeOf(Value(2)))


def test_several_results_have_no_shape_of_their_own():
    made = graph_of(lambda x: x.chunk(2, 0)[1])

    assert (made[1].parts, made[1].shape, made[1].dtype) == (2, (), "")
    assert made[2].kind is Kind.PART
    assert made[2].args == (Value(1), 1)


def test_flags_of_an_entry_are_those_of_its_node():
    def compute(x):
        with torch.no_grad():
            noise = torch.rand_like(x)
        return x * noise

    node = graph_of(compute)[1]

    assert node.random
    assert node.constant
    assert not node.changes_state


def test_the_order_of_keywords_stays():
    node = last(lambda x: torch.var(x, dim=-1, keepdim=True, correction=0))

    assert [name for name, _ in node.kwargs] == ["dim", "keepdim", "correction"]
