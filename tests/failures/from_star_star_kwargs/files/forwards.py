def wave(x, **options):
    return x.sin()
