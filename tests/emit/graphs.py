"""Small graphs by hand: `graph(tensor("x"), operator("mul", Value(0), 2.0))` is x * 2.0."""

from dataclasses import replace

from layergen.emit.names import Names
from layergen.emit.statements import Scope
from layergen.ir.gradients import Gradients
from layergen.ir.graph import Graph, Kind, Node, Phase, Size, Syntax, Value
from layergen.spec.model import Argument, ArgumentType

ROWS, COLUMNS, DEPTH = Size("rows"), Size("columns"), Size("depth")
MATRIX = (ROWS, COLUMNS)
X, Y, Z = Value(0), Value(1), Value(2)
BACKWARD = Phase.BACKWARD


def graph(*nodes):
    """Number the nodes by their places."""
    return Graph(tuple(replace(node, index=at) for at, node in enumerate(nodes)))


def node(kind, op, name, syntax, args, shape=MATRIX, dtype="float64", **fields):
    kwargs = tuple(fields.pop("kwargs", {}).items())
    return Node(0, kind, op, name, syntax, args, kwargs, shape, dtype, **fields)


def tensor(name, shape=MATRIX, **fields):
    """Make an argument of the forward."""
    kind = Kind.ARGUMENT
    return node(kind, kind, name, Syntax.FUNCTION, (), shape, hint=name, **fields)


def cotangent(shape=MATRIX):
    """Make the incoming gradient of an output."""
    kind = Kind.COTANGENT
    return node(kind, kind, kind, Syntax.FUNCTION, (), shape, phase=BACKWARD)


def function(name, *args, **fields):
    """Call a function by its whole name: torch.softmax(x, -1)."""
    op = name.removeprefix("torch.").removeprefix("F.")
    return node(Kind.CALL, op, name, Syntax.FUNCTION, args, **fields)


def method(name, *args, **fields):
    """Call a method: x.sum(-1)."""
    return node(Kind.CALL, name, name, Syntax.METHOD, args, **fields)


def attribute(name, of, **fields):
    """Read an attribute: x.mT."""
    return node(Kind.CALL, name, name, Syntax.ATTRIBUTE, (of,), **fields)


def operator(op, *args, **fields):
    """Apply an operator of Python: x * y."""
    return node(Kind.CALL, op, op, Syntax.OPERATOR, args, **fields)


def index(source, at, **fields):
    """Take a part: x[..., 1:]."""
    name = "__getitem__"
    return node(Kind.CALL, "getitem", name, Syntax.INDEX, (source, at), **fields)


def part(whole, place, **fields):
    """Take one of several results."""
    return node(Kind.PART, "part", "", Syntax.INDEX, (whole, place), **fields)


def scope(made, known=None, *, names=None, kind=Scope, **options):
    """Begin a body in which the arguments are at hand."""
    if known is None:
        arguments = [each for each in made.nodes if each.kind is Kind.ARGUMENT]
        known = {each.index: each.hint for each in arguments}
    return kind(made, names or Names(known.values()), known, **options)


def text_of(*nodes, **options):
    """Print the last of some nodes in one expression."""
    made = graph(*nodes)
    return scope(made, **options).value(len(nodes) - 1)


def gradients(made, outputs, found, **fields):
    """Say what was derived.

    Args:
        made: the graph.
        outputs: nodes that the forward returns.
        found: the gradient's node of each argument that has one: {"x": 3}.
        fields: whatever else differs from the usual.
    """
    arguments = [each for each in made.nodes if each.kind is Kind.ARGUMENT]
    names = fields.pop("names", tuple(each.hint for each in arguments))
    seeds = [each.index for each in made.nodes if each.kind is Kind.COTANGENT]
    usual = {
        "cotangents": tuple(seeds),
        "single": len(outputs) == 1,
        "kept": (),
        "saved": (),
    }
    return Gradients(
        graph=made,
        names=names,
        arguments=tuple(each.index for each in arguments),
        outputs=tuple(outputs),
        gradients=tuple(map(found.get, names)),
        **(usual | fields),
    )


def arguments(*names, **scalars):
    """Declare tensors by their names, and scalars with their types: eps="float"."""
    tensors = [Argument(name, ArgumentType.TENSOR) for name in names]
    others = [Argument(name, ArgumentType(kind)) for name, kind in scalars.items()]
    return (*tensors, *others)
