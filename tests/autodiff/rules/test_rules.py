"""Each rule alone: what autograd says, once and twice, and at awkward numbers."""

import pytest
import torch

from tests.autodiff.rules.one_rule import report
from tests.autodiff.rules.subject import subjects


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """The samples are too small to share among threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    "subject", subjects(), ids=lambda each: f"{each.family}-{each.key}"
)
def test_a_rule_agrees_with_autograd(subject):
    found = report(subject)

    assert found.problems == ()
    assert found.covered, f"none of {found.samples} samples is covered"
