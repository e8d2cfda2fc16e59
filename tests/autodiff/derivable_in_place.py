"""Forwards that assign to parts of tensors, and change what has other names."""

from collections.abc import Sequence
from typing import Any

import torch

from tests.autodiff.derivable import INDEX, Form, normal


def part_assigned(x):
    y = torch.zeros_like(x)
    y[:, 1:] = x[:, :-1] * 2
    y[..., 0] = 0.5
    return y * y


def part_of_a_part_assigned(x):
    y = x * 2
    y[:, 1:-1, 0] = x[:, 2:, 1]
    return y * y


def part_augmented(x):
    y = x * 2
    y[..., 0] += x[..., 1]
    y[..., 1:] /= 3
    return y * y


def mask_assigned(x, value):
    y = x.sin()
    y[x < 0] = value
    y[x > 1] = 1.0
    return y * y


def places_assigned(x, index, value):
    y = x.sin()
    y[torch.arange(len(index)), index] = value
    y[:, index] = 0.5
    return y * y


def by_another_name(x):
    y = x.sin()
    first = y[..., 0]
    first.mul_(3)
    return y * y


def known_before(x):
    y = x.sin()
    turned = y.mT
    y.mul_(3)
    return turned * turned


def both_names_changed(x):
    y = x.sin()
    left, right = y[:2], y[2:4]
    left.mul_(2)
    right.mul_(3)
    left.add_(right)
    return y * y


def view_of_a_view(x):
    y = x.sin()
    y.view(-1)[::2].mul_(2)
    y.t()[1:].diagonal().add_(1)
    return y * y


def copied_into(x):
    y = x.new_zeros(x.shape)
    y.copy_(x)
    y[:, :1].zero_()
    return y * y


def kept_as_it_was(x):
    y = x.sin()
    before = y.clone()
    y[:, 0] = 2
    return y * before


def unsqueezed_in_place(x):
    y = x.sin()
    return y.unsqueeze_(1) * x


def of_python_s_dtype(x):
    return x.masked_fill(torch.ones(x.shape[-2:], dtype=bool).triu(1), 0)


def overlapping(x):
    y = x.sin()
    upper, lower = y[:3], y[1:]
    upper.mul_(2)
    lower.mul_(3)
    upper.add_(1)
    return upper.exp() + lower.sin()


def of_itself(x):
    y = x.sin()
    y[1:].mul_(y[:-1].exp())
    return y * y.sum(0)


def in_a_loop(x):
    out = x.new_zeros(x.shape[:1])
    for i in range(x.dim() + 1):
        out[1:] += x[1:, 0] * (i + 1)
        out[:1] = out[:1] + x[:1, 1]
    return out


def parts_of_parts(x):
    y = x.sin()
    y[1:][:, 1:][0].mul_(2)
    y[1:3][::2][..., -1] = 7.0
    return y * y


def expanded_before(x):
    y = x.sin()
    wide = y[:1].unsqueeze(0).expand(3, -1, -1)
    y[0].mul_(2)
    return wide * y


def detached_before(x):
    y = x * 3
    apart = y[1].detach()
    y.mul_(2)
    return y * apart


def taken_again_without_gradients(x):
    y = x * 3
    first = y[1]
    y.mul_(2)
    with torch.no_grad():
        size = first.norm()
    return first * size + y


def read_between(x):
    y = x.sin()
    rows = y[1:]
    last = rows[1:]
    y[2].mul_(2)
    then = last * 1
    rows[1].mul_(3)
    return last * then + rows[1:] * y[2:]


def every_name_of_one(x):
    out = torch.zeros_like(x[0])
    seen = []
    for scale in range(3):
        out += x.sin()[0] * scale
        seen.append(out)
    return seen[0] + seen[1] * seen[2]


WRITING: Sequence[tuple[Form, tuple[Any, ...]]] = (
    (part_assigned, (normal(3, 4),)),
    (part_of_a_part_assigned, (normal(3, 4, 5),)),
    (part_augmented, (normal(3, 4),)),
    (mask_assigned, (normal(3, 4), normal(1))),
    (places_assigned, (normal(4, 3), INDEX, normal(4))),
    (by_another_name, (normal(3, 4),)),
    (known_before, (normal(3, 4),)),
    (both_names_changed, (normal(4, 3),)),
    (view_of_a_view, (normal(4, 4),)),
    (copied_into, (normal(3, 4),)),
    (kept_as_it_was, (normal(3, 4),)),
    (unsqueezed_in_place, (normal(3, 4),)),
    (of_python_s_dtype, (normal(2, 4, 4),)),
    (overlapping, (normal(4, 4),)),
    (of_itself, (normal(4, 4),)),
    (in_a_loop, (normal(3, 4),)),
    (parts_of_parts, (normal(4, 4),)),
    (expanded_before, (normal(3, 4),)),
    (detached_before, (normal(3, 4),)),
    (taken_again_without_gradients, (normal(3, 4),)),
    (read_between, (normal(4, 3),)),
    (every_name_of_one, (normal(3, 4),)),
)
