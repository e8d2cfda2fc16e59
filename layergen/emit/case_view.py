"""The views of a test's cases and inputs."""

from collections.abc import Sequence

from layergen.emit import words
from layergen.emit.views import CaseView, InputsView, OutputsView
from layergen.ir.trial import Trial
from layergen.spec.inputs import Example
from layergen.spec.matching import filled, sizes_of
from layergen.spec.model import Argument, ArgumentType, Shape

__all__ = ["drawing", "drawn", "inputs_view", "outputs_view", "refused_text"]

NORMAL = "torch.randn(shape, generator=generator, dtype=torch.float64)"
WIDTH = 88  # of a line, as Black counts it
POSITIVE = "0.1 + 0.8 * torch.rand(shape, generator=generator, dtype=torch.float64)"


def inputs_view(
    arguments: Sequence[Argument],
    trial: Trial,
    *,
    from_user: bool,
    returns: tuple[Shape, ...] = (),
) -> InputsView:
    """Describe how a test draws the tensors among these arguments."""
    tensors = [each for each in arguments if each.type.is_tensor]
    wanted = [
        str(position)
        for position, each in enumerate(tensors)
        if each.name in trial.differentiable
    ]
    cases = trial.examples[:1] if from_user else trial.examples
    return InputsView(
        cases=tuple(
            case_view(each, tensors, returns, below, from_user)
            for each, below in zip(cases, belows(tensors, trial), strict=False)
        ),
        from_user=from_user,
        wanted=words.tuple_text(wanted),
        draw=drawing(trial),
        drawn=drawn(tensors, trial, 'case["{}"]'),
    )


def belows(tensors: Sequence[Argument], trial: Trial) -> tuple[int, ...]:
    """List what index tensors are drawn below, a 0 for each example without any."""
    if all(each.type is not ArgumentType.INDEX for each in tensors):
        return (0,) * len(trial.examples)
    return trial.below or (2,) * len(trial.examples)


def drawing(trial: Trial) -> str:
    """Write the expression that draws a tensor of `shape`."""
    return POSITIVE if trial.positive else NORMAL


def drawn(tensors: Sequence[Argument], trial: Trial, shape_of: str) -> tuple[str, ...]:
    """Write an expression for each tensor.

    Args:
        tensors: the arguments.
        trial: which of them are differentiated, and which are left out in some example.
        shape_of: how a shape is had by name: 'case["{}"]'.
    """
    found = []
    for each in tensors:
        shape = shape_of.format(each.name)
        text = f"draw({shape})"
        if each.type is ArgumentType.INDEX:
            below = shape_of.format("index_below")
            text = f"torch.randint({below}, {shape}, generator=generator)"
        elif each.name not in trial.differentiable:
            text += ".detach()"
        if any(each.name not in dict(example.shapes) for example in trial.examples):
            text = f"None if {shape} is None else {text}"
        found.append(text)
    return tuple(found)


def refused_text(trial: Trial, arguments: Sequence[Argument]) -> str:
    """Write the example that a check refuses as a dict, or "" where nothing is refused."""
    if trial.refused is None:
        return ""
    told = dict(trial.refused.values) | dict(trial.refused.shapes)
    if any(each.type is ArgumentType.INDEX for each in arguments):
        told["index_below"] = 2
    missing = [e.name for e in arguments if e.type.is_tensor and e.name not in told]
    return repr(told | dict.fromkeys(missing))


def case_view(
    example: Example,
    tensors: Sequence[Argument],
    returns: tuple[Shape, ...],
    below: int,
    from_user: bool,
) -> CaseView:
    """Write one example as a dict."""
    told: dict[str, object] = dict(example.values)
    if not from_user:
        given = dict(example.shapes)
        told |= {each.name: given.get(each.name) for each in tensors}
    if below and not from_user:
        told["index_below"] = below
    if returns:
        known = sizes_of(tensors, example)
        told["returns"] = [filled(shape, known) for shape in returns]
    name = "example" if from_user else example.id
    return CaseView(param_text([f'"{k}": {v!r}' for k, v in told.items()], name))


def param_text(pairs: Sequence[str], name: str) -> str:
    """Write one pytest.param, laid out as Black would: its second pass is then spared."""
    case = f"{{{words.joined(pairs)}}}"
    for line in (
        f'    pytest.param({case}, id="{name}"),',
        f'        {case}, id="{name}"',
    ):
        if len(line) <= WIDTH:
            break
    if line.startswith("    pytest") and len(line) <= WIDTH:
        return line
    if len(line) > WIDTH:
        inside = f"        {case},"
        if len(inside) > WIDTH:
            each = "".join(f"            {pair},\n" for pair in pairs)
            inside = f"        {{\n{each}        }},"
        line = f'{inside}\n        id="{name}",'
    return f"    pytest.param(\n{line}\n    ),"


def outputs_view(trial: Trial) -> OutputsView:
    """Describe what a call gives."""
    if trial.outputs == 1:
        return OutputsView("(function(*args),)", 1, "")
    return OutputsView("function(*args)", trial.outputs, "[0]")
