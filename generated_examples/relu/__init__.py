from .layer import ReLU
from .op import ReLUFunction, relu

__all__ = ["ReLU", "ReLUFunction", "relu"]
