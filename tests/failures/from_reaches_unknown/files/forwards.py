def ripple(x):
    return scale * x.sin()
