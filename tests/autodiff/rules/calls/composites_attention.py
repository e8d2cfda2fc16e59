"""Attention that drops weights, or has several heads, with each kind of mask."""

import torch
import torch.nn.functional as F

from tests.autodiff.rules.calls.attention import BIAS, MASK, K, Q, V
from tests.autodiff.rules.samples import call, real

attend = F.scaled_dot_product_attention
SEEN = MASK | ~MASK.any(-1, keepdim=True)  # each query sees a key

Q3, K5, V5 = real(3, 2, 6), real(5, 2, 6, seed=1), real(5, 2, 6, seed=2)
IN, OUT = real(18, 6, seed=3), real(6, 6, seed=4)
BIASES = real(18, seed=5), real(6, seed=6)
LAST = real(1, 1, 6, seed=7), real(1, 1, 6, seed=8)
PADDED = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
ADDED = real(3, 5, seed=9).detach()
HIDDEN = torch.zeros(4, 3, 5, dtype=torch.bool)
HIDDEN[1, 0, 2] = HIDDEN[2, 2, 4] = True
CAUSAL = torch.ones(3, 5, dtype=torch.bool).triu(1)
APART = [real(6, 6, seed=10 + at) for at in range(3)]


def heads(
    in_weight=IN,
    biases=BIASES,
    last=(None, None),
    zeros=False,
    dropout_p=0.0,
    **options,
):
    """Call it with two heads."""
    in_bias, out_bias = biases
    rest = (in_weight, in_bias, *last, zeros, dropout_p, OUT, out_bias)
    options = {"training": False, **options}
    return call(F.multi_head_attention_forward, Q3, K5, V5, 6, 2, *rest, **options)


CALLS = {
    "multi_head_attention_forward": [
        heads(),
        heads(biases=(None, None), average_attn_weights=False),
        heads(need_weights=False),
        heads(need_weights=False, is_causal=True, attn_mask=CAUSAL),
        heads(need_weights=False, attn_mask=ADDED, key_padding_mask=PADDED),
        heads(last=LAST, zeros=True, attn_mask=ADDED, key_padding_mask=PADDED),
        heads(last=LAST, attn_mask=HIDDEN),
        heads(zeros=True, key_padding_mask=PADDED),
        heads(attn_mask=HIDDEN),
        heads(dropout_p=0.5, training=True),
        heads(
            None,
            use_separate_proj_weight=True,
            **dict(
                zip(
                    ("q_proj_weight", "k_proj_weight", "v_proj_weight"),
                    APART,
                    strict=True,
                )
            ),
        ),
    ],
    "scaled_dot_product_attention": [
        call(attend, Q, K, V, dropout_p=0.5),
        call(attend, Q, K, V, SEEN, dropout_p=0.5, scale=0.3),
        call(attend, Q, K, V, BIAS, dropout_p=0.5),
        call(attend, Q, K, V, dropout_p=0.5, is_causal=True),
        call(attend, real(2, 6, 3, 4), K, V, dropout_p=0.5, enable_gqa=True),
    ],
}
