"""Pairs of numbers with more than one dimension before them."""

import torch

from tests.autodiff.rules.samples import call, real

CALLS = {"view_as_complex": [call(torch.view_as_complex, real(3, 5, 2))]}
