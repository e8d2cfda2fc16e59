def wave(x):
    return scale * x.sin()
