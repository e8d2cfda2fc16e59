def wave(*xs):
    return sum(xs)
