"""Derive a sample without the gate."""

from layergen.autodiff.functional import Subject
from tests.autodiff.op_database.judge import Made
from tests.autodiff.op_database.sample import Sample
from tests.autodiff.ungated import of_subject


def made(sample: Sample) -> Made:
    subject = Subject(
        "call", sample.function, sample.names, sample.tensors, sample.wanted
    )
    found = of_subject(subject)
    return Made(found.function, found.seconds, found.fallbacks)
