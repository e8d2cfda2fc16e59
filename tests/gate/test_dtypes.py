"""How far from exact a derived function may be in float32."""

from dataclasses import replace

import torch

from layergen.gate.dtypes import cast_to, check, errors_nearby, narrow_answer
from layergen.gate.probe import probe_of
from tests.gate.claims import claim_of


def halved(x):
    return ((x + 1) - 1) / 2  # exact at whole numbers, and nowhere near them


def rounded_otherwise(x):
    return ((x + 1 / 3) - 1 / 3) / 2


WHOLE = torch.tensor([1.0, 2.0, -3.0], dtype=torch.float64)


def test_a_forward_that_is_exact_by_chance_is_measured_beside_it():
    claim = claim_of(halved, halved, WHOLE)
    probe = cast_to(torch.float32, probe_of(claim, claim.samples[0]))
    exact = narrow_answer(claim, probe_of(claim, claim.samples[0]))

    error, _ = errors_nearby(claim, probe, exact, torch.finfo(torch.float32).eps)

    assert 0 < error < 1e-6


def test_a_formula_that_rounds_otherwise_is_let_be():
    claim = replace(
        claim_of(halved, rounded_otherwise, WHOLE),
        samples=claim_of(halved, halved, WHOLE).samples[:1],
    )

    assert check(claim) == ()
