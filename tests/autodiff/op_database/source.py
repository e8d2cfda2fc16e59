"""Derive a sample without the gate."""

import re

from layergen.autodiff.functional import Subject
from tests.autodiff.op_database.judge import Made
from tests.autodiff.op_database.sample import Sample
from tests.autodiff.ungated import of_subject


def made(sample: Sample) -> Made:
    subject = Subject(
        "call", sample.function, sample.names, sample.tensors, sample.wanted
    )
    found = of_subject(subject)
    below = dict.fromkeys(re.findall(r"torch\.ops\.[\w.]+", found.source))
    return Made(found.function, found.seconds, found.fallbacks, tuple(below))
