"""Try one rule alone, on real tensors, against autograd of the operation that it differentiates.

python -m tests.autodiff.rules.one_rule KEY...    # all keys, where none is named
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tests.autodiff.rules.checks import is_right_for
from tests.autodiff.rules.gradients import Uncovered, Wrong
from tests.autodiff.rules.samples import Sample, samples_of
from tests.autodiff.rules.subject import Subject, subjects


@dataclass(frozen=True, slots=True)
class Report:
    covered: int
    samples: int
    problems: tuple[str, ...]

    def is_right(self) -> bool:
        return self.covered > 0 and not self.problems


def report(subject: Subject) -> Report:
    """Try a rule on each of its samples."""
    torch.manual_seed(0)
    samples = samples_of(subject.family, subject.key, is_complex=subject.is_complex)
    covered, problems = 0, []
    for place, sample in enumerate(samples):
        try:
            covered += is_right_for(subject, sample)
        except Uncovered:
            continue
        except Wrong as error:
            problems.append(f"sample {place}, {spelled(sample)}: {error}")
    return Report(covered, len(samples), tuple(problems))


def spelled(sample: Sample) -> str:
    """Write a call with its tensors as shapes."""

    def word(value: Any) -> str:
        if isinstance(value, Tensor):
            return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
        if isinstance(value, list | tuple):
            return f"[{', '.join(map(word, value))}]"
        return repr(value)

    words = [word(each) for each in sample.args]
    words += [f"{name}={word(each)}" for name, each in sample.kwargs.items()]
    return f"({', '.join(words)})"


def main(keys: Sequence[str]) -> int:
    torch.set_num_threads(1)  # the samples are too small to share among threads
    chosen = [each for each in subjects() if not keys or each.key in keys]
    missing = set(keys) - {each.key for each in chosen}
    failed = bool(missing)
    for key in sorted(missing):
        print(f"none  {key}: no family has it")
    for subject in chosen:
        found = report(subject)
        failed |= not found.is_right()
        word = "pass" if found.is_right() else "FAIL"
        covered = f"{found.covered} of {found.samples} samples"
        print(f"{word}  {subject.key} ({subject.family}): {covered}")
        for problem in found.problems[:5]:
            print(f"      {problem}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
