"""layergen writes finished PyTorch layers, ops and losses, with the tests that prove them."""

__all__ = ["__version__"]

__version__ = "0.1.0"
