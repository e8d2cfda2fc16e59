from layergen.spec import sizes
from layergen.spec.model import Argument, ArgumentType, Case, Init, Parameter, Shape

X = Argument("x", ArgumentType.TENSOR, shape=Shape(("batch", "channels")))
CHANNELS = Argument("channels", ArgumentType.INT)
REDUCTION = Argument("reduction", ArgumentType.INT, "16")
EPS = Argument("eps", ArgumentType.FLOAT, "1e-5")


def test_sizes_are_at_least_two_and_all_different() -> None:
    found = [size for _, size in sizes.assign(tuple("abcdefghi"))]
    assert min(found) >= 2
    assert len(set(found)) == len(found)


def test_every_size_changes_in_the_other_assignment() -> None:
    for count in range(1, 8):
        names = tuple("abcdefgh"[:count])
        first, other = sizes.assign(names), sizes.assign(names, other=True)
        pairs = zip(first, other, strict=True)
        assert all(one[1] != two[1] for one, two in pairs), count
        assert len({size for _, size in other}) == count


def test_sizes_avoid_what_is_taken() -> None:
    found = [size for _, size in sizes.assign(("a", "b", "c"), taken=(3, 4))]
    assert not {3, 4} & set(found)


def test_a_constructor_keeps_its_default_unless_a_case_names_it() -> None:
    arguments = (X, CHANNELS, REDUCTION)
    plain = sizes.settings(arguments, (), ())
    assert [dict(each.values)["reduction"] for each in plain] == [16, 16]
    case, *_ = sizes.settings(arguments, (), (Case((("reduction", "2"),)),))
    assert dict(case.values)["reduction"] == 2


def test_values_of_a_case_win_and_others_change() -> None:
    case = Case((("channels", "3"),))
    first, other = (
        dict(each.values) for each in sizes.settings((X, CHANNELS), (), (case,))
    )
    assert first["channels"] == other["channels"] == 3
    assert first["batch"] != other["batch"]
    assert 3 not in (first["batch"], other["batch"])


def test_scalars_take_two_values() -> None:
    first, other = sizes.settings((X, EPS), (), ())
    assert dict(first.values)["eps"] == 1e-5
    assert dict(other.values)["eps"] not in (0, 1e-5)


def test_an_optional_parameter_is_there_and_then_left_out() -> None:
    bias = Parameter("bias", Init("zeros"), Shape(("channels",)), optional=True)
    first, other = sizes.settings((X, CHANNELS), (bias,), ())
    assert dict(first.values)["bias"] is True
    assert dict(other.values)["bias"] is False


def test_products_are_computed() -> None:
    argument = Argument("x", ArgumentType.TENSOR, shape=Shape(("...", "2*half", "3")))
    shape = sizes.tensor_shapes((argument,), {"half": 5}, (7,))
    assert shape == (("x", (7, 10, 3)),)
