"""Six Functions written by hand, before anything was derived: the yardstick for what is emitted.

Each keeps what a derivation with recompute="cheap" may keep: its inputs, and what stands behind a
matrix product or a convolution. None may lean on autograd.
"""
