"""Which files a component consists of, and which template and views make each."""

from layergen.emit.benchmark_view import benchmark_view
from layergen.emit.case_view import outputs_view
from layergen.emit.entry import Entry, entry
from layergen.emit.function_entries import loss_entries, op_entries
from layergen.emit.layer_entries import layer_entries
from layergen.emit.reference_view import reference_view
from layergen.emit.test_view import profile_view
from layergen.emit.views import ComponentView, ExportView
from layergen.ir.trial import Trial, Trials
from layergen.spec.model import Backward, Spec

__all__ = ["entries"]


def entries(spec: Spec, trials: Trials, component: str) -> tuple[Entry, ...]:
    """List the files of a component.

    Args:
        spec: what was asked for.
        trials: what running its forwards showed.
        component: absolute name of the component's module: "swish", "my_ops.swish".
    """
    package = f"{component}." if spec.tests_into else ".."
    main = main_trial(spec, trials)
    made: list[Entry] = []
    if spec.op and trials.op:
        made += op_entries(spec, spec.op, trials.op, package)
    if spec.layers:
        made += layer_entries(spec, trials, package)
    if spec.loss and trials.loss:
        made += loss_entries(spec, spec.loss, trials.loss, package)
    return (
        entry("__init__.py", "component/__init__.py", component=exports(spec)),
        *(each for each in made if each.path.parts[0] != "tests"),
        entry(
            "benchmark.py",
            "component/benchmark.py",
            benchmark=benchmark_view(spec, main, component),
        ),
        entry("tests/__init__.py"),
        entry("tests/reference.py", reference=reference_view(spec)),
        *(each for each in made if each.path.parts[0] == "tests"),
        entry(
            "tests/test_profile.py",
            profile=profile_view(spec, main),
            outputs=outputs_view(main),
        ),
    )


def main_trial(spec: Spec, trials: Trials) -> Trial:
    """Choose the trial of what the profile and the benchmark look at."""
    has_function = spec.backward is not Backward.AUTOGRAD
    if spec.layers and not (spec.op and has_function):
        return trials.layers[-1]
    found = trials.op or trials.loss
    assert found is not None
    return found


def exports(spec: Spec) -> ComponentView:
    """List what `__init__.py` offers."""
    lines = []
    has_function = spec.backward is not Backward.AUTOGRAD
    if spec.layers:
        lines.append(
            ExportView("layer", tuple(sorted(each.name for each in spec.layers)))
        )
    function = [f"{spec.name}Function"] if has_function else []
    if spec.loss:
        names = [spec.loss.class_name, *function, spec.loss.name]
        lines.append(ExportView("loss", tuple(names)))
    if spec.op:
        lines.append(ExportView("op", (*function, spec.op.name)))
    quoted = sorted(f'"{name}"' for line in lines for name in line.names)
    return ComponentView(tuple(lines), tuple(quoted))
