import no_such_package_anywhere


def wave(x):
    return no_such_package_anywhere.sin(x)
