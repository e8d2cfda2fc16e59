"""Every way to spell a variance, equal values, and one output without the other."""

import torch

from tests.autodiff.rules.samples import call, real

X = real(3, 4, 5)
EQUAL = torch.ones(2, 3, dtype=torch.float64).requires_grad_()


def alone(function, place, *args, **kwargs):
    def run(*args, **kwargs):
        out = function(*args, **kwargs)
        return tuple(
            each if at == place else each.detach() for at, each in enumerate(out)
        )

    return call(run, *args, **kwargs)


SPREADS = {
    name: [
        call(function, X),
        call(function, X, False),
        call(function, X, 1, False),
        call(function, X, -1, True, True),
        call(function, X, (0, 2), unbiased=False, keepdim=True),
        call(function, X, dim=(-1, 0), correction=0),
        call(function, X, dim=1, correction=2.5),
    ]
    for name, function in (
        ("var", torch.var),
        ("std", torch.std),
        ("var_mean", torch.var_mean),
        ("std_mean", torch.std_mean),
    )
}
CALLS = {
    **SPREADS,
    "std": [*SPREADS["std"], call(torch.std, EQUAL, 1), call(torch.std, EQUAL)],
    "var_mean": [
        *SPREADS["var_mean"],
        alone(torch.var_mean, 0, X, 1),
        alone(torch.var_mean, 1, X, False),
    ],
    "std_mean": [*SPREADS["std_mean"], alone(torch.std_mean, 1, X, dim=(0, 1))],
    "mean": [
        call(torch.mean, X, (2, 0)),
        call(torch.mean, X, (-1, 0), True),
        call(torch.mean, real(), 0),
        call(torch.mean, X, dim=1, dtype=torch.float64),
    ],
}
