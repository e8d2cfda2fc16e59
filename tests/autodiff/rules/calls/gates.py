"""Every rank, with a weight for each channel and one for all."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

ONE, THREE = real(1, seed=1), real(3, seed=1)

CALLS = {
    "prelu": (
        *(call(F.prelu, real(*shape), ONE) for shape in ((), (5,), (2, 3, 2, 2))),
        *(
            call(F.prelu, real(2, 3, *rest), THREE)
            for rest in ((), (2,), (2, 4), (3, 3))
        ),
    ),
    "glu": (call(F.glu, real(2, 6, 3), 1), call(F.glu, real(4, 3), -2)),
}
