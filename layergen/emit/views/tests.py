"""What the templates of a component's tests and benchmark may see.

Nobody compares or prints a view; without these methods the classes are made in half the time.
"""

from dataclasses import dataclass

__all__ = [
    "BenchmarkView",
    "CaseView",
    "ContenderView",
    "InputsView",
    "LayerTestView",
    "OutputsView",
    "OwnedView",
    "ProfileView",
    "ReferencePartView",
    "ReferenceView",
    "SubjectView",
    "TestView",
]


@dataclass(frozen=True, slots=True)
class ReferencePartView:
    """A part of the user's text.

    Attributes:
        gap: newlines before it.
        class_name: of the class that a method stands in, its text indented; or "".
    """

    gap: str
    class_name: str
    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReferenceView:
    """tests/reference.py: the user's text, verbatim, and the imports that it leaves out."""

    not_with: str
    annotated: bool
    needs_math: bool
    needs_torch: bool
    needs_functional: bool
    needs_nn: bool
    needs_tensor: bool
    parts: tuple[ReferencePartView, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CaseView:
    """One pytest.param, as text."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class InputsView:
    """How a test draws its inputs.

    Attributes:
        from_user: whether the forward came with an example_inputs() of its own.
        wanted: positions of the tensors that are differentiated, as a tuple's text.
        draw: expression of a tensor of `shape` drawn from `generator`.
        drawn: one expression for each tensor argument: 'draw(case["x"])'.
    """

    cases: tuple[CaseView, ...]
    from_user: bool
    wanted: str
    draw: str
    drawn: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OutputsView:
    """What a call gives.

    Attributes:
        of: "(function(*args),)", or "function(*args)" where that is a tuple already.
        first: "" or "[0]", behind a call.
    """

    of: str
    count: int
    first: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubjectView:
    """The function under test, and the plain forward beside it.

    Attributes:
        plain: the function of its tensors, at its default scalars: "swish".
        of_case: the same with the scalars of `case`: "bound(swish, case)".
        call: a call with `args`: "swish(*args)".
        bound_call: what `bound` hands on: 'x, beta, alpha=case["alpha"]'.
        differentiable: positions among the tensors, as a tuple's text.
        refused: an example that a check refuses, as a dict's text, or "".
        refuses_complex: whether a check refuses complex tensors.
        working: those of them whose gradients cost work of their own; DIFFERENTIABLE for all.
    """

    plain: str
    reference: str
    of_case: str
    reference_of_case: str
    call: str
    call_reference: str
    has_scalars: bool
    tensor_names: str
    bound_call: str
    differentiable: str
    counts_work: bool
    working: str
    refused: str
    refuses_complex: bool
    function_class: str
    dtypes: tuple[str, ...]
    gradchecks: bool
    gradgradchecks: bool
    tolerance: str
    scales: tuple[str, ...]
    autocasts: bool
    vmaps: bool
    compiles: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TestView:
    """The test file of an op or of a loss.

    Attributes:
        package: where the component is imported from: ".." or "my_ops.swish.".
        full_call: arguments of the loss itself: '*args, gamma=case["gamma"]'.
        construct: the loss's module; construct_reduced hands `reduction` on.
    """

    __test__ = False  # pytest: this is no test class

    name: str
    class_name: str
    package: str
    reduces: bool
    extra_repr: str
    has_defaults: bool
    defaults: str
    full_call: str
    construct: str
    construct_reduced: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LayerTestView:
    """The test file of a layer.

    Attributes:
        construct: "Linear(in_features=case['in_features'], dtype=torch.float64)".
        plain_call: the user's forward on `layer`: "reference.swish(x, layer.beta)".
        checks_shapes: whether the cases say what shapes come out.
        extra_repr: of the first case.
    """

    name: str
    package: str
    construct: str
    construct_meta: str
    construct_in_dtype: str
    tensor_names: str
    plain_call: str
    has_parameters: bool
    holds_tensors: bool
    checks_shapes: bool
    extra_repr: str
    dtypes: tuple[str, ...]
    gradchecks: bool
    gradgradchecks: bool
    tolerance: str
    has_defaults: bool
    defaults: str
    random: bool
    compiles: bool
    uses_inductor: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OwnedView:
    """What a layer itself holds.

    Attributes:
        tensors: whether it holds any.
        parameters: the set of their names, as an expression of `case`.
        held: the set of names that state_dict() always has.
        first_values: lines that check what reset_parameters gives.
    """

    tensors: bool
    parameters: str
    buffers: str
    held: str
    first_values: tuple[str, ...]
    uses_math: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ProfileView:
    """tests/test_profile.py.

    Attributes:
        home: the test file that knows the inputs: "test_layer".
        names: what is taken from there.
        setup: the line that builds what is profiled, or "".
        function_class: the Function to find, or "".
        by_operators: whether the forward's operators are looked for instead.
    """

    name: str
    by_operators: bool
    imports_reference: bool
    home: str
    names: tuple[str, ...]
    setup: str
    call: str
    call_reference: str
    function_class: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ContenderView:
    """One function that the benchmark times."""

    label: str
    call: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BenchmarkView:
    """benchmark.py.

    Attributes:
        module: where the subject is imported from: "op".
        setup: the line that builds it, or "".
    """

    name: str
    component: str
    module: str
    names: tuple[str, ...]
    draw: str
    drawn: tuple[str, ...]
    setup: str
    contenders: tuple[ContenderView, ...]
