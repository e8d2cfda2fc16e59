"""A function's arguments: their types and shapes by annotations and defaults."""

import ast
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from layergen.errors import BadRequest, NotYet
from layergen.spec import shapes
from layergen.spec.model import ANY_SHAPE, Argument, ArgumentType, Shape
from layergen.spec.source import Source

__all__ = ["arguments", "returned_shapes"]

_SUPPORTED = (
    "Known are Tensor, Tensor | None, float, int, bool, str, and jaxtyping's "
    'Float[Tensor, "batch features"] and Int[Tensor, "batch"].'
)
_SCALARS: Mapping[str, ArgumentType] = MappingProxyType(
    {
        "bool": ArgumentType.BOOL,
        "float": ArgumentType.FLOAT,
        "int": ArgumentType.INT,
        "str": ArgumentType.STR,
    }
)
# jaxtyping's names for dtypes of tensors; each but Float and Int may end in a width.
_FLOATING = ("Float", "BFloat", "Num", "Shaped", "Real", "Inexact")
_INTEGER = ("Int", "UInt", "Integer")
_LITERALS = (bool, int, float, str)


def arguments(function: ast.FunctionDef, source: Source) -> tuple[Argument, ...]:
    """Read the signature, `self` left out; positional-only arguments are ordinary ones.

    Raises:
        BadRequest: `*args`, a default that is no literal, an annotation of no known type.
    """
    for extra, stars in ((function.args.vararg, "*"), (function.args.kwarg, "**")):
        if extra is not None:
            raise source.refuse(
                extra,
                f"{function.name} takes '{stars}{extra.arg}'",
                "Name each argument: generated signatures have no open end.",
            )
    return tuple(
        _argument(arg, default, keyword_only, source)
        for arg, default, keyword_only in _pairs(function.args)
        if arg.arg != "self"
    )


def returned_shapes(function: ast.FunctionDef, source: Source) -> tuple[Shape, ...]:
    """Shapes of what a function returns, by its annotation; () where it tells none."""
    node = _unquoted(function.returns, source)
    match node:
        case ast.Subscript(value=outer, slice=ast.Tuple(elts=parts)) if _last_name(
            outer
        ) in ("tuple", "Tuple"):
            found = [_shape_of(part, source) for part in parts]
        case None:
            return ()
        case _:
            found = [_shape_of(node, source)]
    return tuple(each for each in found if each is not None) if all(found) else ()


def _pairs(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None, bool]]:
    """Each argument with its default, and whether it is keyword-only."""
    ordinary = (*args.posonlyargs, *args.args)
    missing = len(ordinary) - len(args.defaults)
    for at, arg in enumerate(ordinary):
        yield arg, args.defaults[at - missing] if at >= missing else None, False
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield arg, default, True


def _argument(
    arg: ast.arg, default: ast.expr | None, keyword_only: bool, source: Source
) -> Argument:
    value = None if default is None else _literal(arg, default, source)
    if arg.annotation is None:
        kind, shape = _kind_of_default(default, value), ANY_SHAPE
    else:
        kind, shape = _annotated(arg.annotation, arg, source)
    if kind is ArgumentType.TENSOR and default is not None and value is None:
        kind = ArgumentType.OPTIONAL_TENSOR
    if default is not None and not _fits(kind, value):
        raise source.refuse(
            default,
            f"the default of {arg.arg!r}, {source.segment(default)}, is no {kind.value}",
            (
                "A tensor's only default is None."
                if kind.is_tensor
                else "Change one of them."
            ),
        )
    text = None if default is None else source.segment(default)
    return Argument(arg.arg, kind, text, shape, keyword_only)


def _literal(arg: ast.arg, default: ast.expr, source: Source) -> object:
    try:
        value: object = ast.literal_eval(default)
    except (ValueError, TypeError):
        value = ...
    if value is not None and not isinstance(value, _LITERALS):
        raise source.refuse(
            default,
            f"the default of {arg.arg!r}, {source.segment(default)}, is no number, text, "
            "True, False or None",
            "Write the value out, or compute it inside the function.",
        )
    return value


def _kind_of_default(default: ast.expr | None, value: object) -> ArgumentType:
    if default is None:
        return ArgumentType.TENSOR
    if value is None:
        return ArgumentType.OPTIONAL_TENSOR
    return _SCALARS[type(value).__name__]


def _fits(kind: ArgumentType, value: object) -> bool:
    match kind:
        case ArgumentType.FLOAT:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ArgumentType.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case ArgumentType.BOOL:
            return isinstance(value, bool)
        case ArgumentType.STR:
            return isinstance(value, str)
    return value is None and kind is ArgumentType.OPTIONAL_TENSOR


def _annotated(
    annotation: ast.expr, arg: ast.arg, source: Source
) -> tuple[ArgumentType, Shape]:
    """The type and shape that an annotation tells."""
    node = _unquoted(annotation, source)
    inner = _without_none(node)
    if inner is not None:
        kind, shape = _annotated(inner, arg, source)
        if kind is ArgumentType.TENSOR:
            return ArgumentType.OPTIONAL_TENSOR, shape
    elif isinstance(node, ast.Name) and node.id in _SCALARS:
        return _SCALARS[node.id], ANY_SHAPE
    elif _last_name(node) == "Tensor":
        return ArgumentType.TENSOR, ANY_SHAPE
    elif isinstance(node, ast.Subscript):
        family = (_last_name(node.value) or "").rstrip("0123456789")
        found = _shape_of(node, source)
        if found is not None and family in _INTEGER:
            return ArgumentType.INDEX, found
        if found is not None and family in _FLOATING:
            return ArgumentType.TENSOR, found
        if found is not None and family == "Bool":
            raise NotYet(
                f"{arg.arg!r} is a tensor of booleans, which is not supported yet",
                place=source.place(source.span(annotation)[0]),
                instead="Take a float mask, or compare inside the forward.",
            )
    raise source.refuse(
        annotation,
        f"the annotation {source.segment(annotation)!r} of {arg.arg!r} is no type that "
        "an argument can have",
        _SUPPORTED,
    )


def _unquoted(node: ast.expr | None, source: Source) -> ast.expr | None:
    """The annotation inside quotes, if it is in quotes, at the place of the quotes."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return node
    try:
        tree = ast.parse(node.value.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise source.refuse(
            node,
            f"the annotation {node.value!r} is not valid Python",
            _SUPPORTED,
        ) from None
    for each in ast.walk(tree):
        if isinstance(each, ast.expr):
            ast.copy_location(each, node)
    return tree


def _without_none(node: ast.expr | None) -> ast.expr | None:
    """`Tensor` of `Tensor | None`, `None | Tensor` and `Optional[Tensor]`."""
    match node:
        case ast.BinOp(left=inner, op=ast.BitOr(), right=ast.Constant(value=None)):
            return inner
        case ast.BinOp(left=ast.Constant(value=None), op=ast.BitOr(), right=inner):
            return inner
        case ast.Subscript(value=outer, slice=inner) if _last_name(outer) == "Optional":
            return inner
    return None


def _shape_of(node: ast.expr | None, source: Source) -> Shape | None:
    """The shape in `Float[Tensor, "batch features"]`; None for anything else."""
    match _unquoted(node, source):
        case ast.Subscript(
            slice=ast.Tuple(elts=[tensor, ast.Constant(value=str(dims)) as text])
        ) if (_last_name(tensor) == "Tensor"):
            return _shape(dims, text, source)
    return None


def _shape(dims: str, node: ast.expr, source: Source) -> Shape:
    """Read jaxtyping's dimensions: `*h` is any number of them, `#h` may be 1."""
    words = dims.split()
    plain = " ".join(
        "..." if _is_variadic(word) else word.lstrip("#") for word in words
    )
    try:
        return shapes.parse(plain)
    except BadRequest as error:
        raise source.refuse(
            node,
            error.what,
            error.instead,
        ) from None


def _is_variadic(word: str) -> bool:
    return word.startswith(("*", "#*")) and word.lstrip("#*").isidentifier()


def _last_name(node: ast.expr | None) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None
