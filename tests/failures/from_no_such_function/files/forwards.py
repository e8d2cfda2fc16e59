def wave(x):
    return x.sin()
