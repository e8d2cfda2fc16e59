def ripple(x):
    return x.sin()
