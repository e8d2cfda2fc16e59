def ripple(x):
    return str(x)
