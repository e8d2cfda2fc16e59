"""Which examples a derived function takes, where it checks what its gradient holds for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from torch import Tensor

from layergen.autodiff.refusal import Reason, refused
from layergen.emit.source import SourceFile
from layergen.gate.apart import apart
from layergen.gate.calls import called, inputs_of, tensors_of
from layergen.gate.in_memory import imported
from layergen.gate.rebroadcast import rebroadcast
from layergen.ir.trial import Trial, Trials
from layergen.spec.inputs import Example
from layergen.spec.model import LayerSpec, LossSpec, OpSpec, Spec

__all__ = ["accepted"]

Made = OpSpec | LossSpec | LayerSpec


@apart()
def accepted(spec: Spec, trials: Trials, files: tuple[SourceFile, ...]) -> Trials:
    """Leave out the examples that are refused by what was derived, and keep one for a test.

    A forward takes them all; its gradient may hold for tensors that broadcast as those do that
    it was derived at, and the function checks that.
    """
    with imported(files) as package:

        def of(made: Made | None, home: str, trial: Trial | None) -> Trial | None:
            if made is None or trial is None:
                return None
            own = getattr(import_module(f"{package}.{home}"), made.name)
            reference = import_module(f"{package}.tests.reference")
            return Sorting(made, trial, own, reference).sorted()

        layers = zip(spec.layers, trials.layers, strict=True)
        return replace(
            trials,
            op=of(spec.op, "op", trials.op),
            loss=of(spec.loss, "loss", trials.loss),
            layers=tuple(of(each, "layer", trial) or trial for each, trial in layers),
        )


class Sorting:
    """The examples of one function or layer, taken or refused."""

    def __init__(self, made: Made, trial: Trial, own: Any, reference: Any) -> None:
        self.made = made
        self.trial = trial
        self.own = own
        self.reference = reference
        self.tensors = tensors_of(made)

    def sorted(self) -> Trial:
        """Keep the examples that are taken, and one that is not."""
        trial = self.trial
        kept = [at for at, each in enumerate(trial.examples) if self.takes(each)]
        assert kept, "a function refuses the shapes that it was derived at"
        return replace(
            trial,
            examples=tuple(trial.examples[at] for at in kept),
            below=tuple(trial.below[at] for at in kept) if trial.below else (),
            refused=self.refused(trial.examples[kept[0]]),
        )

    def refused(self, first: Example) -> Example | None:
        """Find an example that is refused, though the forward takes it."""
        if isinstance(self.made, LayerSpec) or self.made.forward.example_inputs:
            return None
        found = [*self.others(first), *self.trial.examples[::-1]]
        return next((each for each in found[::-1] if not self.takes(each)), None)

    def others(self, first: Example) -> Iterator[Example]:
        """Broadcast the tensors of an example in other ways."""
        plain = getattr(self.reference, self.made.forward.name)
        values = dict(first.values)
        inputs = inputs_of(self.made, self.tensors, self.trial, first, self.reference)

        def forward(*tensors: Any) -> Any:
            return plain(**called(self.made.arguments, tensors, values))

        for found in rebroadcast(inputs, forward):
            shapes = tuple(
                (each.name, tuple(value.shape))
                for each, value in zip(self.tensors, found, strict=True)
                if isinstance(value, Tensor)
            )
            yield replace(first, id="refused", shapes=shapes)

    def takes(self, example: Example) -> bool:
        """Tell whether an example is taken."""
        inputs = inputs_of(self.made, self.tensors, self.trial, example, self.reference)
        values = dict(example.values)
        if isinstance(self.made, LayerSpec):
            return is_taken(lambda: self.own(**values).double()(*inputs))
        named = called(self.made.arguments, inputs, values)
        return is_taken(lambda: self.own(**named))


def is_taken(call: Callable[[], Any]) -> bool:
    """Tell whether a function takes some arguments."""
    try:
        call()
    except ValueError:
        return False
    except IndexError as error:  # a check reads a dimension that is not there
        raise refused(Reason.FAILED_BROADCAST) from error
    return True
