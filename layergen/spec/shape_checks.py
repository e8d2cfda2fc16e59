"""Shapes must be of tensors that are there, and their dimensions whole numbers."""

from layergen.errors import BadRequest
from layergen.spec import shapes
from layergen.spec.assemble import Declared
from layergen.spec.excerpt import Where
from layergen.spec.model import ArgumentType, Forward
from layergen.spec.slips import unused

__all__ = ["check_returns", "check_shapes"]


def check_shapes(forward: Forward, declared: Declared, where: Where) -> None:
    """Check the shapes that are told of arguments."""
    types = {each.name: each.type for each in forward.signature}
    known = tuple(types)
    types |= {each.name: each.type for each in declared.arguments}
    for name, _ in declared.shapes:
        place = where("shapes", name)
        if name not in known:
            raise unused("shape of an argument", name, known, place)
        if not types[name].is_tensor:
            raise BadRequest(
                f"{name!r} is a {types[name].value}, which has no shape",
                place=place,
                instead=f"Make it a tensor: --arg {name}:tensor.",
            )
    check_dimensions(declared, types, where)


def check_dimensions(
    declared: Declared, types: dict[str, ArgumentType], where: Where
) -> None:
    """Refuse a dimension whose name is an argument of another type than int."""
    told = [("arguments", each.name, each.shape) for each in declared.arguments]
    told += [("shapes", name, shape) for name, shape in declared.shapes]
    told += [("parameters", each.name, each.shape) for each in declared.parameters]
    told += [("buffers", each.name, each.shape) for each in declared.buffers]
    for table, name, shape in told:
        for dim in shapes.symbols(shape):
            if types.get(dim, ArgumentType.INT) is not ArgumentType.INT:
                raise BadRequest(
                    f"the dimension {dim!r} of {name!r} is an argument of type "
                    f"{types[dim].value}",
                    place=where(table, name),
                    instead="Give the dimension another name.",
                )


def check_returns(forward: Forward, declared: Declared, where: Where) -> None:
    """Check how many results the shapes of the results tell."""
    if declared.returns and len(declared.returns) != forward.outputs:
        raise BadRequest(
            f"{len(declared.returns)} shapes are told of {forward.outputs} results",
            place=where("returns", "shapes"),
            instead="Tell the shape of each result.",
        )
