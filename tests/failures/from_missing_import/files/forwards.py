import no_such_package_anywhere


def ripple(x):
    return no_such_package_anywhere.sin(x)
