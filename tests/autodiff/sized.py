"""Forwards whose formulas hold for some sizes, and such as only look so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

Shapes = Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class Case:
    """A forward, the shapes it is derived at, and others, at which what is burnt in is wrong."""

    forward: Callable[..., Any]
    shapes: Shapes
    holds_for: str
    right: Sequence[Shapes] = ()
    refused: Sequence[Shapes] = ()

    @property
    def name(self) -> str:
        return f"{self.forward.__name__}{self.shapes[0]}"


def two_columns(x):
    a, b = x.unbind(1)
    return a * b.sin()


def weighted_rows(x):
    return sum(row.sin() * at for at, row in enumerate(x))


def all_parts(x):
    return x.unbind(0)


def first_half(x):
    return x.chunk(2, 1)[0].sin()


def last_third(x):
    return x.chunk(3, 1)[-1].sin()


def first_pair(x):
    return x.split(2, 1)[0].sin()


def first_of_two(x):
    return x.tensor_split(2, 1)[0].sin()


def both_of_two(x):
    one, other = x.tensor_split(2, 1)
    return one.sin().sum(1) * other.sum(1)


def first_four(x):
    return x[:, :4].sin()


def all_but_three(x):
    return x[:, :-3].sin()


def by_group(x):
    groups = x.view(x.shape[0], 2, -1)
    return (groups - groups.mean(-1, keepdim=True)).view(x.shape)


def shuffled(x):
    rows, columns, _ = x.shape
    groups = x.view(rows, 2, columns // 2, -1)
    return groups.transpose(1, 2).reshape(x.shape).sin()


def heads(x, weight):
    return (x @ weight).view(x.shape[0], 2, 4).softmax(-1)


def pooled(x):
    return F.max_pool1d(x, 3, 2).sin()


def warped(x):
    return 2.0 * x / max(x.shape[-1] - 1, 1) - 1.0


def longest(x):
    return x / max(x.shape)


def at_most_four(x):
    return x[: min(x.shape[0], 4)].sin()


def counted(x):
    return x * x.sum(0) / len(x)


def apart(x):
    return x / (abs(x.shape[0] - x.shape[1]) + 1)


def described(x):
    return x * x.sum(0) if f"{int(x.shape[0])} rows" else x


def by_class(x, weight):
    classes = torch.arange(x.shape[0]) % len(weight)
    chosen = F.one_hot(classes, num_classes=weight.shape[0])
    return (x @ weight.mT * chosen).sum(-1)


def on_a_ramp(x):
    return x * torch.linspace(0, 1, x.size(-1), dtype=x.dtype)


def off_diagonal(x, y):
    both = torch.cat([x, y])
    return torch.diag(both @ both.mT, len(x)).exp()


def earlier(x, keys):
    mask = x.new_ones(keys.shape[0], x.shape[0]).triu(1 + len(x) - len(keys))
    return mask @ x + keys.sum()


def in_blocks(x, y):
    return torch.kron(x.sin(), y)


def ordered(x):
    return x.take_along_dim(x.argsort(0), 0).sin()


def per_number(x):
    return x.square() / x[:, 1:].size()[1:].numel()


def moved(x, theta):
    grid = F.affine_grid(theta, x.size(), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


CASES = (
    Case(two_columns, [(3, 2)], "", [[(5, 2)], [(1, 2)]]),  # Python raises elsewhere
    Case(
        weighted_rows,
        [(3, 4)],
        "x.shape[0] == 3",
        [[(3, 7)], [(3, 1)]],
        [[(4, 4)], [(2, 4)], [(1, 4)]],
    ),
    Case(all_parts, [(3,)], "x.shape[-1] == 3", refused=[[(4,)], [(1,)]]),
    Case(first_half, [(3, 8)], "x.shape[-1] != 1", [[(3, 5)], [(2, 2)]], [[(3, 1)]]),
    Case(
        last_third,
        [(3, 8)],
        "(x.shape[-1] + (x.shape[-1] + 2) // 3 - 1) // ((x.shape[-1] + 2) // 3) == 3",
        [[(3, 11)], [(2, 9)]],
        [[(3, 4)], [(3, 2)], [(3, 1)]],
    ),
    Case(
        first_pair,
        [(3, 8)],
        "(x.shape[-1] + 1) // 2 == 4",
        [[(2, 8)]],
        [[(3, 9)], [(3, 4)], [(3, 1)]],
    ),
    Case(
        first_of_two,
        [(3, 8)],
        "x.shape[-1] % 2 == 0",
        [[(3, 6)], [(1, 2)]],
        [[(3, 5)]],
    ),
    Case(both_of_two, [(3, 8)], "x.shape[-1] % 2 == 0", [[(3, 6)]], [[(3, 5)]]),
    Case(
        both_of_two, [(3, 5)], "x.shape[-1] % 2 > 0", [[(3, 7)]], [[(3, 8)], [(3, 2)]]
    ),
    Case(first_four, [(3, 8)], "x.shape[-1] >= 4", [[(2, 4)], [(3, 5)]], [[(3, 3)]]),
    Case(all_but_three, [(3, 8)], "x.shape[-1] >= 3", [[(2, 5)]], [[(3, 2)]]),
    Case(
        by_group,
        [(3, 4, 5)],
        "x.shape[-2] % 2 == 0",
        [[(2, 6, 7)], [(1, 2, 2)]],
        [[(5, 3, 4)], [(2, 1, 4)]],
    ),
    Case(shuffled, [(3, 4, 5)], "x.shape[-2] % 2 == 0", [[(2, 6, 7)]], [[(5, 3, 4)]]),
    Case(heads, [(3, 5), (5, 8)], "", [[(2, 7), (7, 8)], [(1, 1), (1, 8)]]),
    Case(pooled, [(3, 2, 8)], "", [[(2, 3, 11)], [(2, 1, 3)]]),
    Case(warped, [(3, 8)], "", [[(2, 5)], [(3, 2)], [(3, 1)]]),
    Case(longest, [(3, 8)], "", [[(6, 4)], [(4, 4)], [(1, 1)]]),
    Case(at_most_four, [(5, 3)], "", [[(3, 3)], [(4, 2)], [(1, 2)]]),
    Case(counted, [(3, 4)], "", [[(5, 2)], [(1, 2)]]),
    Case(apart, [(3, 5)], "", [[(5, 2)], [(4, 4)], [(1, 7)]]),
    Case(described, [(3, 4)], "", [[(5, 2)]]),
    Case(by_class, [(3, 5), (4, 5)], "", [[(2, 3), (6, 3)], [(3, 2), (1, 2)]]),
    Case(on_a_ramp, [(3, 5)], "", [[(2, 4)], [(3, 1)]]),
    Case(off_diagonal, [(3, 5), (3, 5)], "", [[(4, 3), (4, 3)]]),
    Case(earlier, [(5, 3), (4, 3)], "", [[(4, 3), (4, 3)], [(4, 3), (2, 3)]]),
    Case(in_blocks, [(3, 4), (2, 5)], "", [[(2, 2), (3, 4)], [(1, 3), (4, 1)]]),
    Case(in_blocks, [(3,), (2, 5)], "", [[(2,), (3, 4)]]),
    Case(ordered, [(3, 4)], "", [[(5, 2)], [(1, 2)]]),
    Case(per_number, [(3, 4, 5)], "", [[(2, 3, 6)], [(1, 2, 2)]]),
    Case(moved, [(2, 3, 4, 5), (2, 2, 3)], "", [[(3, 1, 2, 6), (3, 2, 3)]]),
)
