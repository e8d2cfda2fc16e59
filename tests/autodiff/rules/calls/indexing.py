"""Indices of every kind, alone and mixed."""

from operator import getitem

import torch

from tests.autodiff.rules.samples import call, real

ROWS = torch.tensor([2, 0, -1, 2])  # repeats, and counts from the end
GRID = torch.tensor([[0, 1, 2], [2, 2, -3]])
ONE = torch.tensor(1)
FULL = slice(None)

INDICES = (
    0,
    -1,
    (FULL, 1),
    (..., 0),
    (..., -2),
    (0, 1),
    (0, -1, 2),
    (FULL, 1, -2),
    (..., 1, FULL),
    (..., 0, -1, FULL),
    (..., slice(1, None)),
    (..., slice(None, 2)),
    (..., slice(0, 2)),
    (0, slice(0, 2), 1),
    (..., slice(None, -1)),
    (..., slice(-2, None)),
    (..., slice(1, -1)),
    (..., slice(1, 3)),
    (..., slice(-3, -1)),
    (..., slice(3, 1)),
    (..., slice(None, None, 2)),
    (..., slice(1, None, 2), FULL),
    slice(1, None),
    slice(None, 9),
    (FULL, slice(1, 3)),
    (FULL, slice(1, -1), slice(1, -1)),
    (FULL, slice(1, 3), slice(None, 2)),
    (slice(None, 2), FULL, slice(2, None)),
    (slice(None, None, 2), slice(1, None)),
    (FULL, 0, slice(1, None)),
    (slice(1, 3), 0),
    (slice(1, None), ..., -1),
    (0, slice(None, 2), 1),
    (FULL, None),
    (None, FULL, None, 0),
    (..., None),
    (None, ..., None),
    (None, 0, None, slice(1, None), None),
    ...,
    FULL,
    (),
    ROWS,
    GRID,
    ONE,
    [0, 2],
    [0, -1],
    (FULL, ROWS),
    (FULL, GRID),
    (FULL, ONE),
    (FULL, [0, -1]),
    (FULL, [1, 1]),
    (..., ROWS),
    (..., GRID),
    (..., ONE),
    (..., ROWS, FULL),
    (..., GRID, FULL),
    (ROWS, ROWS),
    (GRID, ROWS[:3]),
    ([0, 1], [2, 1]),
    (FULL, ROWS, ROWS),
    (FULL, GRID, ROWS[:3]),
    (ROWS, FULL, ROWS),
    (GRID, FULL, ROWS[:3]),
    (..., ROWS, ROWS),
    (0, ROWS),
    (ROWS, 0),
    (0, FULL, ROWS),
    (slice(1, None), ROWS),
    (ROWS, slice(1, None)),
    (slice(None, 2), GRID),
    (FULL, slice(1, 3), ROWS),
    (ROWS, slice(1, 3), ROWS),
    (slice(1, None), GRID, ROWS[:3]),
    (ROWS, slice(None, 2), -1),
)
CALLS = {
    "getitem": [
        *(call(getitem, real(3, 4, 5), index) for index in INDICES),
        *(call(getitem, real(6), index) for index in (0, slice(1, 3), ROWS, None)),
        *(call(getitem, real(4, 3, 4, 5), (FULL, at, FULL, at)) for at in (0, ROWS)),
        *(call(getitem, real(4, 3, 4, 5), (FULL, at, at)) for at in (0, ROWS, GRID)),
        call(getitem, real(1), (slice(1, -1),)),
        call(getitem, real(2, 1), (..., slice(5, 7))),
    ]
}
