"""A spec as the tables of its layergen.toml: plain values, nothing that can be worked out."""

import ast
from dataclasses import replace
from typing import Any, TypeAlias

from layergen.spec import assemble, parameters, shapes
from layergen.spec.assemble import Declared
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    Case,
    Forward,
    Init,
    LayerSpec,
    Parameter,
    Shape,
    Spec,
)

__all__ = ["FORMAT", "Contents", "contents", "restored"]

Contents: TypeAlias = dict[str, Any]
FORMAT = 1


def contents(spec: Spec) -> Contents:
    """Lay a spec out as the file's tables, in the order of a new file."""
    component: Contents = {"name": spec.name}
    if spec.summary:
        component["summary"] = spec.summary
    component["makes"] = [kind.value for kind in spec.makes]
    component["backward"] = spec.backward.value
    if spec.backward is Backward.DERIVED:
        component["recompute"] = spec.recompute.value
    if spec.tests_into is not None:
        component["tests_into"] = spec.tests_into
    blocks = spec.layers[:-1]
    own = spec.layers[-1] if spec.layers else None
    if own is not None and spec.op is not None and not own.calls_op:
        blocks = spec.layers
    names = tuple(each.name for each in spec.layers)
    found: Contents = {"format": FORMAT, "component": component} | main(spec, names)
    if blocks:
        found["modules"] = {each.name: module(each, names) for each in blocks}
    return found


def main(spec: Spec, blocks: tuple[str, ...]) -> Contents:
    """Lay out the component's own function or module."""
    own = spec.layers[-1] if spec.layers else None
    if spec.op is None and own is not None:
        return module(own, blocks)
    part = spec.op or spec.loss
    assert part is not None, "a component makes something"
    returns = spec.op.returns if spec.op is not None else ()
    declared = Declared(part.arguments, returns=returns, cases=part.cases)
    if own is None or not own.calls_op:
        return described(part.forward, declared)
    return described(part.forward, beside(declared, own, blocks))


def beside(declared: Declared, layer: LayerSpec, blocks: tuple[str, ...]) -> Declared:
    """Add to an op's tables what the layer that calls it needs."""
    own = restored(layer)
    known = {each.name for each in declared.arguments}
    more = tuple(each for each in own.arguments if each.name not in known)
    together = replace(own, arguments=declared.arguments + more)
    short = shortest(layer, together, blocks)
    return replace(short, returns=declared.returns)


def module(layer: LayerSpec, blocks: tuple[str, ...]) -> Contents:
    """Lay out one module."""
    return described(layer.forward, shortest(layer, restored(layer), blocks))


def restored(layer: LayerSpec) -> Declared:
    """Take the layer's declaration back from what it was completed to."""
    numbers = {
        each.name: each.default
        for each in layer.arguments
        if each.type is ArgumentType.FLOAT and each.default is not None
    }
    begins = {
        each.name: Init("constant", (numbers[each.name],))
        for each in layer.parameters
        if each.init == Init("constant", (each.name,)) and each.name in numbers
    }
    return Declared(
        arguments=tuple(each for each in layer.arguments if each.name not in begins),
        parameters=tuple(
            replace(each, init=begins.get(each.name, each.init))
            for each in layer.parameters
        ),
        buffers=layer.buffers,
        submodules=layer.submodules,
        returns=layer.returns,
        cases=layer.cases,
    )


def shortest(layer: LayerSpec, declared: Declared, blocks: tuple[str, ...]) -> Declared:
    """Leave out the whole numbers that shapes and constructors tell by themselves."""
    short = replace(
        declared,
        arguments=tuple(
            each
            for each in declared.arguments
            if each.type is not ArgumentType.INT
            or each.default is not None
            or each.name in {own.name for own in layer.forward.signature}
        ),
    )
    again = assemble.layer(layer.name, layer.forward, short, blocks)
    return short if again.arguments == layer.arguments else declared


def described(forward: Forward, declared: Declared) -> Contents:
    """Lay out the tables of one function or module, leaving out empty ones."""
    found: Contents = {
        "forward": {"text": forward.text},
        "arguments": {each.name: argument(each) for each in declared.arguments},
        "parameters": {each.name: parameter(each) for each in declared.parameters},
        "buffers": {each.name: parameter(each) for each in declared.buffers},
        "submodules": {each.name: each.constructor for each in declared.submodules},
        "returns": returns(declared.returns),
        "cases": [case(each) for each in declared.cases],
    }
    return {name: table for name, table in found.items() if table}


def argument(given: Argument) -> Contents:
    """Lay out an argument: its type, with a tensor's shape or a scalar's default."""
    value = shapes.spelled(given.shape) if given.type.is_tensor else given.default
    found: Contents = {given.type.value: value or ""}
    return found | ({"keyword_only": True} if given.keyword_only else {})


def parameter(given: Parameter) -> Contents:
    """Lay out a parameter or buffer."""
    found: Contents = {"init": init(given.init), "shape": shapes.spelled(given.shape)}
    return found | ({"optional": True} if given.optional else {})


def init(given: Init) -> str:
    """Spell an initial value: a constant as its number."""
    if given.function == "constant" and parameters.is_number(given.arguments[0]):
        return given.arguments[0]
    inside = ", ".join(given.arguments)
    return f"{given.function}({inside})" if inside else given.function


def returns(given: tuple[Shape, ...]) -> Contents:
    """Lay out the shapes of the results."""
    return {"shapes": [shapes.spelled(each) for each in given]} if given else {}


def case(given: Case) -> Contents:
    """Lay out one case."""
    return {name: ast.literal_eval(value) for name, value in given.values}
