def ripple(x, **options):
    return x.sin()
