from layergen.spec import constructors, inits
from layergen.spec.model import Init


def test_free_names_leave_out_what_comprehensions_bind() -> None:
    text = "nn.ModuleList(Block(c * 2**i, k) for i in range(depth))"
    assert constructors.free_names(text) == ("Block", "c", "k", "depth")


def test_free_names_of_an_initial_value_leave_out_math() -> None:
    init = Init("uniform", ("-1 / math.sqrt(fan)", "b=bound"))
    assert inits.free_names(init) == ("fan", "bound")
