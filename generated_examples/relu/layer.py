"""ReLU as a layer."""

from torch import Tensor, nn

from .op import relu

__all__ = ["ReLU"]


class ReLU(nn.Module):
    """Keep what is above a threshold, with gradient 0 at the threshold itself.

    Args:
        threshold: a number.

    Shape:
        - x: (*), any shape
        - output: (*), any shape
    """

    def __init__(self, threshold: float = 0.0) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, x: Tensor) -> Tensor:
        return relu(x, self.threshold)

    def extra_repr(self) -> str:
        return f"threshold={self.threshold}"
