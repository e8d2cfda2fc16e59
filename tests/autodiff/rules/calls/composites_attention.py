"""Attention that drops weights, with each kind of mask and with groups of heads."""

import torch.nn.functional as F

from tests.autodiff.rules.calls.attention import BIAS, MASK, K, Q, V
from tests.autodiff.rules.samples import call, real

attend = F.scaled_dot_product_attention
SEEN = MASK | ~MASK.any(-1, keepdim=True)  # each query sees a key

CALLS = {
    "scaled_dot_product_attention": [
        call(attend, Q, K, V, dropout_p=0.5),
        call(attend, Q, K, V, SEEN, dropout_p=0.5, scale=0.3),
        call(attend, Q, K, V, BIAS, dropout_p=0.5),
        call(attend, Q, K, V, dropout_p=0.5, is_causal=True),
        call(attend, real(2, 6, 3, 4), K, V, dropout_p=0.5, enable_gqa=True),
    ],
}
