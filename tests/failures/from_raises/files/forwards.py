def ripple(x):
    return x.reshape(7, 11, 13).sin()
