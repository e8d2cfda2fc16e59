import pytest

from layergen.errors import BadRequest
from layergen.spec import options
from layergen.spec.model import Argument, ArgumentType, Case, Init, Parameter, Shape


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("x:tensor", Argument("x", ArgumentType.TENSOR)),
        ("m:tensor?=None", Argument("m", ArgumentType.OPTIONAL_TENSOR, "None")),
        ("beta:float=1.0", Argument("beta", ArgumentType.FLOAT, "1.0")),
        ("beta:float=1", Argument("beta", ArgumentType.FLOAT, "1.0")),
        ("eps:float=1e-5", Argument("eps", ArgumentType.FLOAT, "1e-5")),
        ("k:int=-3", Argument("k", ArgumentType.INT, "-3")),
        ("on:bool=True", Argument("on", ArgumentType.BOOL, "True")),
        ("mode:str=same", Argument("mode", ArgumentType.STR, "'same'")),
        ("mode:str='a=b:c'", Argument("mode", ArgumentType.STR, "'a=b:c'")),
        ("i:index", Argument("i", ArgumentType.INDEX)),
    ],
)
def test_reads_an_argument(text: str, argument: Argument) -> None:
    assert options.argument(text) == argument


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("beta", "has no type"),
        ("beta:flaot", "Did you mean 'float'"),
        ("2b:float", "is no name"),
        ("k:int=1.5", "no default for int"),
        ("k:int=True", "no default for int"),
        ("k:float=1e999", "no default for float"),
        ("k:float=os.getcwd()", "no default for float"),
        ("on:bool=true", "no default for bool"),
        ("x:tensor=0", "no default for tensor"),
        ("x:tensor?=0", "no default for tensor?"),
        ("s:str='same", "no default for str"),
    ],
)
def test_refuses_an_argument(text: str, said: str) -> None:
    with pytest.raises(BadRequest, match=said.replace("?", r"\?")) as caught:
        options.argument(text)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("text", "parameter"),
    [
        ("beta=1.0", Parameter("beta", Init("constant", ("1.0",)), Shape(()))),
        ("w=zeros:a,b", Parameter("w", Init("zeros"), Shape(("a", "b")))),
        ("b?=zeros:a", Parameter("b", Init("zeros"), Shape(("a",)), optional=True)),
        (
            "w=kaiming_uniform(a=sqrt(5)):a,b",
            Parameter(
                "w", Init("kaiming_uniform", ("a=math.sqrt(5)",)), Shape(("a", "b"))
            ),
        ),
        (
            "b=uniform(-1 / math.sqrt(a), 1):a",
            Parameter("b", Init("uniform", ("-1 / math.sqrt(a)", "1")), Shape(("a",))),
        ),
    ],
)
def test_reads_a_parameter(text: str, parameter: Parameter) -> None:
    assert options.parameter(text) == parameter


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("w", "has no '='"),
        ("w=zeroes:a", "Did you mean 'zeros'"),
        ("w=normal(st=1):a", "no argument 'st'"),
        ("w=normal(0, 1, 2):a", "takes 2 arguments"),
        ("w=normal(0, mean=1):a", "'mean' twice"),
        ("w=constant:a", "needs its value"),
        ("w=kaiming_uniform:a", "2 or more dimensions"),
        ("w=eye:a,b,c", "works on 2 dimensions"),
        ("w=dirac:a,b", "3 to 5 dimensions"),
        ("w=zeros:...", "leaves its dimensions open"),
        ("w=normal(std=__import__('os')):a", "can't stand here"),
        ("w=normal(std=(lambda: 1)()):a", "can't stand here"),
        ("w=normal(std=a.b):a", "can't stand here"),
        ("w=normal(std=math.nope):a", "can't stand here"),
        ("w=normal(std=1:a", "no Python expression"),
        ("w=[1, 2]:a", "no initial value"),
        ("w=normal(std=" + "-" * 1500 + "1):a", "nested more than"),
    ],
)
def test_refuses_a_parameter(text: str, said: str) -> None:
    with pytest.raises(BadRequest) as caught:
        options.parameter(text)
    assert said in str(caught.value)


def test_a_buffer_is_blamed_on_its_own_option() -> None:
    with pytest.raises(BadRequest) as caught:
        options.parameter("mean=nope:a", "--buffer")
    assert caught.value.place is not None
    assert caught.value.place.source == "--buffer"
    assert caught.value.place.column == 6


@pytest.mark.parametrize(
    "expression",
    [
        "nn.Linear(channels, max(1, channels // reduction))",
        "nn.ModuleList(nn.Linear(c * 2**i, c) for i in reversed(range(depth)))",
        "nn.Sequential(*[nn.ReLU() for _ in range(3)])",
        "nn.ModuleDict({'a': nn.ReLU()})",
        "nn.Conv2d(a, b, 1) if a != b and not flat else nn.Identity()",
        "Block(channels)",
    ],
)
def test_reads_a_constructor(expression: str) -> None:
    found = options.submodule(f"part={expression}", ("Block",))
    assert (found.name, found.constructor) == ("part", expression)


@pytest.mark.parametrize(
    "expression",
    [
        "channels // 2",
        "nn.init.zeros_(x)",
        "nn.functional.relu(x)",
        "nn.Linear(4, 4).weight",
        "torch.nn.Linear(4, 4)",
        "torch.Tensor(4)",
        "lambda: nn.ReLU()",
        "nn.Linear(*open('f'))",
        "nn.Linear((a := 3), 4)",
        "nn.Linear(x.__class__, 4)",
        "nn.Linear(**options)",
        "nn.Linear(__name__, 4)",
        "Other(3)",
        "nn.Linear(a @ b, 4)",
    ],
)
def test_refuses_a_constructor(expression: str) -> None:
    with pytest.raises(BadRequest):
        options.submodule(f"part={expression}", ("Block",))


def test_reads_a_case() -> None:
    case = options.case("channels=4, rate=0.5,flat=True,mode='same'")
    assert case == Case(
        (("channels", "4"), ("rate", "0.5"), ("flat", "True"), ("mode", "'same'"))
    )


@pytest.mark.parametrize("text", ["", "a", "a=", "a=b", "a=1,a=2", "a=[1]", "a=None"])
def test_refuses_a_case(text: str) -> None:
    with pytest.raises(BadRequest):
        options.case(text)
