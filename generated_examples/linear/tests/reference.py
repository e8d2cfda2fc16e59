"""The forward as it was asked for: the tests compare with this text, not with op.py."""


def linear(x, weight, bias=None):
    y = x @ weight.mT
    return y if bias is None else y + bias
