"""Masks of both kinds, with rows that see nothing, broadcast heads and groups of heads."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

Q, K, V = real(2, 2, 3, 4), real(2, 2, 5, 4, seed=1), real(2, 2, 5, 6, seed=2)
MASK = torch.tensor(
    [
        [True, False, True, True, False],
        [False] * 5,
        [True] * 5,
    ]  # the second sees nothing
)
BIAS = real(2, 3, 5, seed=3)
PARTLY = BIAS.detach().masked_fill(~MASK, float("-inf")).requires_grad_()

attend = F.scaled_dot_product_attention

CALLS = {
    "scaled_dot_product_attention": [
        call(attend, Q, K, V),
        call(attend, Q, K, V, scale=0.3),
        call(attend, Q, K, V, MASK),
        call(attend, Q, K, V, attn_mask=BIAS),
        call(attend, Q, K, V, attn_mask=PARTLY),
        call(attend, Q, K, V, is_causal=True),
        call(attend, K, Q, real(2, 2, 3, 6), is_causal=True),  # more queries than keys
        call(attend, real(3, 4), real(5, 4), real(5, 2)),
        call(attend, Q, real(1, 1, 5, 4), real(2, 1, 5, 6)),
        call(
            attend,
            real(2, 6, 3, 4),
            real(2, 2, 5, 4, seed=1),
            real(2, 3, 5, 4, seed=2),
            enable_gqa=True,
        ),
        call(attend, real(2, 6, 3, 4), K, V, MASK, enable_gqa=True),
        call(
            attend,
            real(2, 10, 3, 7),
            real(2, 2, 5, 7, seed=1),
            real(2, 2, 5, 6, seed=2),
            enable_gqa=True,
        ),
    ],
}
