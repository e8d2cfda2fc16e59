from .layer import LayerNorm
from .op import LayerNormFunction, layer_norm

__all__ = ["LayerNorm", "LayerNormFunction", "layer_norm"]
