def ripple(x):
    """x in two parts, of which one may be larger."""
    return x.tensor_split(2, 1)[0] * 2
