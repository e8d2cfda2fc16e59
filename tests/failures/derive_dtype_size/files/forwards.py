def ripple(x):
    return x / (x.abs() + x.dtype.itemsize)
