"""The views of the generated test files."""

from collections.abc import Collection, Sequence

from layergen.emit import words
from layergen.emit.case_view import refused_text
from layergen.emit.layer_view import supplied_call
from layergen.emit.loss_view import REDUCTION
from layergen.emit.views import (
    LayerTestView,
    LayerView,
    OwnedView,
    ProfileView,
    ResetView,
    SubjectView,
    TestView,
)
from layergen.emit.work import with_own_work
from layergen.ir.trial import Trial
from layergen.spec.calling import constructor_arguments, inputs_of
from layergen.spec.model import (
    Argument,
    ArgumentType,
    Backward,
    Form,
    LayerSpec,
    LossSpec,
    OpSpec,
    Spec,
)

__all__ = [
    "function_test_view",
    "layer_test_view",
    "owned_view",
    "profile_view",
    "subject_view",
]

FIRST_CASE = "CASES[0].values[0]"


def subject_view(
    spec: Spec, made: OpSpec | LossSpec, function: str, trial: Trial
) -> SubjectView:
    """Describe the function under test and the plain one."""
    tensors = [each for each in made.arguments if each.type.is_tensor]
    scalars = len(made.arguments) > len(tensors)
    first, of_case = calls_of(function, scalars)
    first_plain, plain_of_case = calls_of(f"reference.{made.forward.name}", scalars)
    positions = positions_of(trial.differentiable, tensors)
    name = function_class(spec) if spec.backward is not Backward.AUTOGRAD else ""
    return SubjectView(
        plain=first,
        reference=first_plain,
        of_case=of_case,
        reference_of_case=plain_of_case,
        call=f"{first}(*args)",
        call_reference=f"{first_plain}(*args)",
        has_scalars=scalars,
        tensor_names=words.joined(each.name for each in tensors),
        bound_call=bound_call(made.arguments),
        differentiable=words.tuple_text(positions),
        counts_work=bool(name and positions[1:] and positions_with_work(made, trial)),
        working=tuple_or_name(positions_with_work(made, trial), positions),
        refused=refused_text(trial, made.arguments),
        refuses_complex=any(each.real for each in trial.derived),
        function_class=name,
        dtypes=dtypes(trial),
        gradchecks=trial.gradchecks,
        gradgradchecks=trial.gradchecks and trial.gradgradchecks,
        tolerance=tolerance(trial),
        scales=tuple(map(str, trial.scales)),
        autocasts="bfloat16" in trial.dtypes,
        vmaps=trial.vmaps,
        compiles=trial.compiles,
    )


def calls_of(function: str, scalars: bool) -> tuple[str, str]:
    """Spell a function of tensors alone: under the first case, and under any."""
    if not scalars:
        return function, function
    return f"bound({function}, {FIRST_CASE})", f"bound({function}, case)"


def positions_with_work(made: OpSpec | LossSpec, trial: Trial) -> list[str]:
    """List the tensors whose gradients have work of their own."""
    tensors = [each for each in made.arguments if each.type.is_tensor]
    working = with_own_work(trial, [each.name for each in made.arguments])
    return positions_of(working, tensors)


def positions_of(names: Collection[str], tensors: Sequence[Argument]) -> list[str]:
    """Spell the positions of some of the tensors."""
    return [str(at) for at, each in enumerate(tensors) if each.name in names]


def tuple_or_name(found: Sequence[str], all_of_them: Sequence[str]) -> str:
    """Spell positions; those of all that is differentiated have a name."""
    return "DIFFERENTIABLE" if found == all_of_them else words.tuple_text(found)


def function_class(spec: Spec) -> str:
    """Name the autograd.Function of a component."""
    return f"{spec.name}Function"


def dtypes(trial: Trial) -> tuple[str, ...]:
    """Spell the dtypes to test in."""
    return tuple(f"torch.{name}" for name in trial.dtypes)


def bound_call(arguments: Sequence[Argument]) -> str:
    """Write the arguments of a call whose scalars come from `case`."""
    words_, by_name = [], False
    for each in arguments:
        by_name = by_name or each.keyword_only or not each.type.is_tensor
        value = each.name if each.type.is_tensor else f'case["{each.name}"]'
        words_.append(f"{each.name}={value}" if by_name else value)
    return words.joined(words_)


def function_test_view(made: OpSpec | LossSpec, package: str, trial: Trial) -> TestView:
    """Describe the test file of an op or of a loss."""
    told = [
        f'{each.name}=case["{each.name}"]'
        for each in made.arguments
        if not each.type.is_tensor
    ]
    scalars = [each for each in made.arguments if not each.type.is_tensor]
    class_name = made.class_name if isinstance(made, LossSpec) else ""
    reduced = words.joined([*told, "reduction=reduction"])
    return TestView(
        name=made.name,
        class_name=class_name,
        package=package,
        reduces=isinstance(made, LossSpec) and not trial.scalar,
        extra_repr=words.joined(
            [f"{each.name}={{case['{each.name}']}}" for each in scalars]
            + ["reduction={reduction}"]
        ),
        has_defaults=bool(told_defaults(scalars)),
        defaults=told_defaults(
            [
                *scalars,
                *(
                    [REDUCTION]
                    if isinstance(made, LossSpec) and not trial.scalar
                    else []
                ),
            ]
        ),
        full_call=words.joined(["*args", *told]),
        construct=f"{class_name}({words.joined(told)})",
        construct_reduced=f"{class_name}({reduced})",
    )


def layer_test_view(
    layer: LayerSpec, view: LayerView, package: str, trial: Trial
) -> LayerTestView:
    """Describe the test file of a layer."""
    told = [f'{each.name}=case["{each.name}"]' for each in constructor_arguments(layer)]
    tensors = [each.name for each in inputs_of(layer) if each.type.is_tensor]
    plain = words.joined(["layer", *tensors])
    in_double = ".double()" if view.has_constructor else ""
    return LayerTestView(
        name=layer.name,
        package=package,
        construct=called(layer, told) + in_double,
        construct_meta=called(layer, [*told, 'device="meta"']),
        construct_in_dtype=called(layer, [*told, "dtype=dtype"]),
        tensor_names=words.joined(tensors),
        plain_call=(
            f"reference.{layer.name}.{layer.forward.name}({plain})"
            if layer.forward.form is Form.METHOD
            else supplied_call(layer, f"reference.{layer.forward.name}", "layer")
        ),
        has_parameters=bool(layer.parameters) or view.submodules_hold_tensors,
        holds_tensors=view.holds_tensors,
        checks_shapes=bool(layer.returns),
        extra_repr=words.joined(first_repr(layer, trial)),
        dtypes=dtypes(trial),
        gradchecks=trial.gradchecks,
        gradgradchecks=trial.gradchecks and trial.gradgradchecks,
        tolerance=tolerance(trial),
        has_defaults=bool(told_defaults(constructor_arguments(layer))),
        defaults=told_defaults(constructor_arguments(layer)),
        random=trial.random,
        compiles=trial.compiles,
        uses_inductor=trial.compiles and not trial.random,
    )


def tolerance(trial: Trial) -> str:
    """Widen gradcheck's step and tolerances for a forward in single precision."""
    return ", eps=1e-2, atol=1e-2, rtol=1e-2" if trial.single else ""


def told_defaults(arguments: Sequence[Argument]) -> str:
    """Write the dict of the defaults of scalars, or "" where there is none."""
    pairs = [
        f'"{each.name}": {each.default}'
        for each in arguments
        if each.default is not None and not each.type.is_tensor
    ]
    return f"{{{words.joined(pairs)}}}" if pairs else ""


def parameters_text(layer: LayerSpec) -> str:
    """Write the set of a layer's parameters; an optional one is there as the case says."""
    always = [each.name for each in layer.parameters if not each.optional]
    text = words.set_text(always)
    for each in layer.parameters:
        if each.optional:
            text += f' | ({{"{each.name}"}} if case["{each.name}"] else set())'
    return text


def first_value(reset: ResetView) -> str:
    """Write the check that a parameter or buffer begins as its init says."""
    call = reset.call.replace("self.", "layer.")
    tensor = f"layer.{reset.name}"
    again = call.replace(f"({tensor}", f"(torch.empty_like({tensor})", 1)
    return f"assert torch.equal({tensor}, {again})"


def called(layer: LayerSpec, arguments: list[str]) -> str:
    """Write a call of the constructor."""
    return f"{layer.name}({words.joined(arguments)})"


def owned_view(layer: LayerSpec, view: LayerView) -> OwnedView:
    """Describe what a layer itself holds."""
    always = [e.name for e in (*layer.parameters, *layer.buffers) if not e.optional]
    return OwnedView(
        tensors=bool(view.resets),
        parameters=parameters_text(layer),
        buffers=words.set_text([each.name for each in layer.buffers]),
        held=words.set_text(always),
        first_values=tuple(map(first_value, view.resets)),
        uses_math=any("math." in each.call for each in view.resets),
    )


def first_repr(layer: LayerSpec, trial: Trial) -> list[str]:
    """Compute what extra_repr shows of the first case."""
    values = dict(trial.examples[0].values)
    return [
        (
            f"{each.name}={values[each.name]!r}".replace('"', "'")
            if each.type is ArgumentType.STR
            else f"{each.name}={values[each.name]}"
        )
        for each in constructor_arguments(layer)
    ]


def profile_view(spec: Spec, trial: Trial) -> ProfileView:
    """Describe the profiler test: the Function by name, else the forward's operators."""
    has_function = spec.backward is not Backward.AUTOGRAD
    made = spec.op or spec.loss
    if spec.layers and not (spec.op and has_function):
        return ProfileView(
            name=spec.name,
            by_operators=True,
            home="test_layer",
            imports_reference=False,
            names=("CASES", "inputs", "layer_of", "plain"),
            setup="layer = layer_of(case)",
            call="layer(*args)",
            call_reference="plain(layer)(*args)",
            function_class="",
        )
    assert made is not None
    home = "test_op" if spec.op else "test_loss"
    scalars = any(not each.type.is_tensor for each in made.arguments)
    name = "unreduced" if spec.loss and not trial.scalar else made.name
    names = ["CASES", *sorted([*(["bound"] * scalars), "inputs", name])]
    return ProfileView(
        name=made.name,
        by_operators=not has_function,
        home=home,
        imports_reference=not has_function,
        names=tuple(names),
        setup="",
        call=f"bound({name}, case)(*args)" if scalars else f"{name}(*args)",
        call_reference=(
            f"bound(reference.{made.forward.name}, case)(*args)"
            if scalars
            else f"reference.{made.forward.name}(*args)"
        ),
        function_class=function_class(spec) if has_function else "",
    )
