"""Numbers in the place of tensors."""

import torch

from tests.autodiff.rules.samples import call, real

X, POSITIVE = real(2, 3), real(2, 3, low=0.1)
AT_BOUNDS = torch.tensor([0.25, 0.75], dtype=torch.float64, requires_grad=True)

CALLS = {
    "xlogy": (call(torch.xlogy, X, 2.5), call(torch.xlogy, 2.5, POSITIVE)),
    "special.xlog1py": (
        call(torch.special.xlog1py, X, 2.5),
        call(torch.special.xlog1py, 2.5, POSITIVE),
    ),
    "logit": (
        call(torch.logit, real(2, 3, low=0.05, high=0.95)),
        call(torch.logit, X, 0.1),
        call(torch.logit, AT_BOUNDS, 0.25),
    ),
}
