from .layer import SEBlock

__all__ = ["SEBlock"]
