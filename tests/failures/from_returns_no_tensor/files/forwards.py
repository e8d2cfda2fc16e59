def wave(x):
    return str(x)
