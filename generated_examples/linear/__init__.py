from .layer import Linear
from .op import LinearFunction, linear

__all__ = ["Linear", "LinearFunction", "linear"]
