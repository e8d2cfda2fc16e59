"""Bags of every kind."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

LINES = torch.tensor([[0, 1, 2], [2, 2, 3]])
FLAT = LINES.flatten()
OFFSETS = torch.tensor([0, 2, 2, 5])  # the second bag is empty

CALLS = {
    "embedding_bag": [
        *(
            call(F.embedding_bag, LINES, real(4, 3), mode=how)
            for how in ("sum", "mean")
        ),
        *(
            call(F.embedding_bag, FLAT, real(4, 3), OFFSETS, mode=how, padding_idx=at)
            for how in ("sum", "mean")
            for at in (None, 2, -1)
        ),
        call(F.embedding_bag, LINES, real(4, 3), padding_idx=2),
        call(
            F.embedding_bag,
            LINES,
            real(4, 3),
            mode="sum",
            per_sample_weights=real(2, 3, seed=1),
        ),
        call(
            F.embedding_bag,
            FLAT,
            real(4, 3),
            torch.tensor([0, 2, 6]),
            include_last_offset=True,
        ),
    ],
}
