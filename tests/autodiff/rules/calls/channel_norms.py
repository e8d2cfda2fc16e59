"""Batches of every rank, in training and with running statistics."""

import torch.nn.functional as F

from tests.autodiff.rules.samples import call, real

SHAPES = ((3, 4), (3, 4, 5), (3, 4, 5, 2))
WEIGHT, BIAS = real(4, seed=1), real(4, seed=2)
MEAN, VAR = real(4, seed=3).detach(), real(4, low=0.5, seed=4).detach()

CALLS = {
    "batch_norm": [
        each
        for shape in SHAPES
        for each in (
            call(F.batch_norm, real(*shape), None, None, training=True),
            call(F.batch_norm, real(*shape), MEAN, VAR, WEIGHT, BIAS),
            call(
                F.batch_norm,
                real(*shape),
                MEAN.clone(),
                VAR.clone(),
                WEIGHT,
                training=True,
                eps=0.1,
            ),
        )
    ],
    "instance_norm": [
        call(F.instance_norm, real(3, 4, 5)),
        call(F.instance_norm, real(3, 4, 5, 2), weight=WEIGHT, bias=BIAS),
        call(
            F.instance_norm,
            real(3, 4, 5),
            MEAN,
            VAR,
            WEIGHT,
            BIAS,
            use_input_stats=False,
        ),
    ],
    "group_norm": [
        call(F.group_norm, real(*shape), groups, WEIGHT, BIAS, 0.1)
        for shape in SHAPES
        for groups in (1, 2)
    ],
    "local_response_norm": [
        call(F.local_response_norm, real(2, 5, 4), size, alpha=0.5, k=0.7)
        for size in (2, 3)
    ]
    + [call(F.local_response_norm, real(2, 3, 2, 2), 3, alpha=0.5)],
}
