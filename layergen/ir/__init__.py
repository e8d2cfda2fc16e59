"""Torch-free forms of a computation; the deriver fills this room (Graph) and lowering the next (Kernel)."""
