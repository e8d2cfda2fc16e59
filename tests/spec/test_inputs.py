from layergen.spec import inputs, shapes
from layergen.spec.model import ANY_SHAPE, Argument, ArgumentType, Init, Parameter


def tensor(name: str, shape: str | None = None, kind: str = "tensor") -> Argument:
    found = ANY_SHAPE if shape is None else shapes.parse(shape)
    return Argument(name, ArgumentType(kind), shape=found)


def by_id(*arguments: Argument, **more: object) -> dict[str, inputs.Example]:
    found = inputs.examples(arguments, **more)  # type: ignore[arg-type]
    assert len({each.id for each in found}) == len(found)
    return {each.id: each for each in found}


def test_tensors_of_any_shape_broadcast_in_every_way() -> None:
    found = by_id(tensor("x"), tensor("y"))
    assert {name: each.shapes for name, each in found.items()} == {
        "same": (("x", (3, 5)), ("y", (3, 5))),
        "row": (("x", (3, 5)), ("y", (5,))),
        "column": (("x", (2, 3, 5)), ("y", (3, 1))),
        "scalar": (("x", (3, 5)), ("y", ())),
        "empty": (("x", (0, 5)), ("y", (5,))),
    }


def test_a_scalar_tensor_stays_one_beside_any_shape() -> None:
    found = by_id(tensor("x"), tensor("beta", ""))
    assert all(dict(each.shapes)["beta"] == () for each in found.values())


def test_leading_dimensions_are_none_one_and_two() -> None:
    found = by_id(tensor("x", "...,features"))
    ranks = {name: len(each.shapes[0][1]) for name, each in found.items()}
    assert ranks == {
        "sizes": 2,
        "other_sizes": 2,
        "no_lead": 1,
        "two_leads": 3,
        "empty": 2,
    }
    assert found["empty"].shapes[0][1][0] == 0


def test_a_leading_size_is_no_other_dimension() -> None:
    for each in by_id(tensor("x", "...,features")).values():
        shape = each.shapes[0][1]
        assert len(set(shape)) == len(shape)


def test_trailing_dimensions_are_never_none() -> None:
    found = by_id(tensor("x", "batch,channels,..."))
    assert all(len(each.shapes[0][1]) >= 3 for each in found.values())
    assert found["empty"].shapes[0][1][0] == 0


def test_the_empty_dimension_is_one_that_no_parameter_has() -> None:
    weight = Parameter("w", Init("zeros"), shapes.parse("features"))
    features = Argument("features", ArgumentType.INT)
    found = by_id(tensor("x", "features,batch"), features, bound=(weight,))
    assert found["empty"].shapes[0][1][1] == 0
    assert found["empty"].shapes[0][1][0] == dict(found["empty"].values)["features"]
    assert "empty" not in by_id(tensor("x", "features"), features, bound=(weight,))


def test_an_optional_tensor_is_given_and_then_left_out() -> None:
    found = by_id(tensor("x", "a,b"), tensor("mask", "a,b", "tensor?"))
    assert [name for name, _ in found["sizes"].shapes] == ["x", "mask"]
    assert [name for name, _ in found["without_mask"].shapes] == ["x"]


def test_a_float_takes_two_values_over_the_examples() -> None:
    beta = Argument("beta", ArgumentType.FLOAT, "1.0")
    found = inputs.examples((tensor("x"), beta))
    assert len({dict(each.values)["beta"] for each in found}) == 2
