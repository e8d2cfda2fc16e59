def ripple(*xs):
    return sum(xs)
