from .layer import SelfAttention
from .op import SelfAttentionFunction, self_attention

__all__ = ["SelfAttention", "SelfAttentionFunction", "self_attention"]
