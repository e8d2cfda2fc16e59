"""Every mode of padding, on one side, both or none."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

ONE = ((2, 1), (0, 2), (3, 0), (0, 0))
TWO = ((2, 1, 0, 1), (0, 0, 1, 2))

CALLS = {
    "pad": [
        *(call(F.pad, real(3, 4), pad) for pad in (*ONE, *TWO, (-1, 2), (-1, -2))),
        *(
            call(F.pad, real(2, 3, 4), pad, mode)
            for mode in ("circular", "reflect", "replicate")
            for pad in ONE
        ),
        *(
            call(F.pad, real(2, 3, 3, 4), pad, mode=mode)
            for mode in ("circular", "reflect", "replicate")
            for pad in TWO
        ),
        call(F.pad, real(1, 2, 3, 4, 3), (1, 1, 2, 0, 0, 1), "reflect"),
    ],
}
