"""Forwards that `layergen.derive` must refuse."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from layergen.autodiff.refusal import Reason
from tests.autodiff.derivable import INDEX, normal

Form = Callable[..., Any]
SCALE = torch.tensor([0.5, 2.0, 1.5, 1.0], dtype=torch.float64)


def item(x):
    return x * x.max().item()


def to_list(x):
    return x * x.tolist()[0]


def to_numpy(x):
    return x * torch.from_numpy(x.detach().numpy())


def branch(x):
    return x * 2 if x.sum() > 0 else x.tanh()


def all_close(x):
    return x * 2 if torch.allclose(x, x.tanh()) else x * 3


def contains(x):
    return x * 2 if 1.0 in x else x * 3


def closure(x):
    return x * SCALE


def dictionary(x):
    return {"twice": x * 2}


def none(x):
    return None


def number(x):
    return 3.0


def identity(x):
    return x


def backward_inside(x):
    y = (x * 2).sum()
    y.backward()
    return x * 2


def requires(x):
    return (x * 2).requires_grad_() * 3


def asks_requires(x):
    return x * 2 if x.requires_grad else x * 3


def hooked(x):
    y = x * 2
    y.register_hook(lambda grad: grad * 3)
    return y


def retained(x):
    y = x * 2
    y.retain_grad()
    return y * y


def data_changed(x):
    y = x * 2
    y.data.mul_(3)
    return y * y


def data_assigned(x):
    y = x * 2
    y.data = x.detach() * 5
    return y * y


def called(x, function):
    return function(x)


class Settings:
    scale = 2.0


def configured(x, settings):
    return x * settings.scale


def integers_only(x):
    return x * 2


def sparse(x):
    return x * 2


def swallowed(x):
    try:
        scale = x.sum().item()
    except Exception:
        scale = 1.0
    return x * scale


def swallowed_branch(x):
    try:
        if x.sum() > 0:
            return x * 2
    except Exception:
        pass
    return x * 3


def generator(x):
    yield x * 2


def finally_returned(x):
    try:
        return x * float(x.detach().sum())
    finally:
        x = x * 3


def resized(x):
    y = x * 2
    y.resize_(2)
    return y * y


def lost_in_place(x):
    y = x.sigmoid()
    return y.mul_(x)


def detached_changed(x):
    y = x * 2
    apart = y.detach()
    apart.mul_(3)
    return y * y


def expanded_changed(x):
    y = x.sin()
    wide = y.expand(3, -1)
    wide[0].mul_(2)
    return wide * y


def contiguous_changed(x):
    y = x.sin()
    y.flatten()[1:].mul_(2)
    return y * y


def changed_without_gradients(x):
    y = x * 3
    with torch.no_grad():
        y[0].mul_(2)
    return y * x


def places_in_a_slice_assigned(x):
    y = x.clone()
    y[x.argmax(0), 1:] = 0
    return y * x


def halved_at_the_end(x, weight):
    y = x.float() * weight.float().sigmoid()
    return y.to(weight.dtype) if weight.dtype in (torch.half, torch.bfloat16) else y


def table_on_the_cpu(table):
    steps = torch.arange(4)
    return F.embedding(steps[:, None] - steps[None, :] + 3, table).exp()


def set_storage(x):
    y = x * 2
    y.set_(x.detach() * 3)
    return y * y


def leaky_at_random(x):
    return F.rrelu(x, training=True)


def bits_of_a_size(x):
    return x * (x.shape[-1] & 3)


def without_derivative(x, y):
    return torch.igamma(x.square() + 1, y.square() + 1)


def counted(x):
    return torch.histogram(x, 3)[0] + x.sum()


def drawn_by_a_generator(x):
    generator = torch.Generator()
    generator.manual_seed(0)
    return x * torch.rand(4, generator=generator, dtype=x.dtype)


def remembered(x, seen=[]):  # noqa: B006 - that is the point
    seen.append(x.shape)
    return x * 2


def settled(x):
    torch.set_grad_enabled(True)
    torch.manual_seed(0)
    return x * 2


# The function, its inputs, and the reason that it must be refused for.
def product_in_half(a, b, c):
    return (a @ b) * c


REFUSED: Sequence[tuple[Form, tuple[Any, ...], Reason]] = (
    (item, (normal(4),), Reason.PYTHON_VALUE),
    (to_list, (normal(4),), Reason.PYTHON_VALUE),
    (to_numpy, (normal(4),), Reason.NUMPY),
    (branch, (normal(4),), Reason.DATA_DEPENDENT_BRANCH),
    (all_close, (normal(4),), Reason.DATA_DEPENDENT_BRANCH),
    (contains, (normal(4),), Reason.PYTHON_VALUE),
    (closure, (normal(4),), Reason.CAPTURED_TENSOR),
    (dictionary, (normal(4),), Reason.OUTPUT_TYPE),
    (none, (normal(4),), Reason.OUTPUT_TYPE),
    (number, (normal(4),), Reason.OUTPUT_TYPE),
    (identity, (normal(4),), Reason.OUTPUT_IS_INPUT),
    (backward_inside, (normal(4),), Reason.AUTOGRAD_INSIDE),
    (requires, (normal(4),), Reason.AUTOGRAD_INSIDE),
    (asks_requires, (normal(4),), Reason.GRAD_MODE),
    (hooked, (normal(4),), Reason.AUTOGRAD_INSIDE),
    (retained, (normal(4),), Reason.AUTOGRAD_INSIDE),
    (data_changed, (normal(4),), Reason.ALIAS_IN_PLACE),
    (data_assigned, (normal(4),), Reason.ATTRIBUTE_ASSIGNMENT),
    (called, (normal(4), torch.sin), Reason.OBJECT_ARGUMENT),
    (configured, (normal(4), Settings()), Reason.OBJECT_ARGUMENT),
    (integers_only, (INDEX,), Reason.NO_DIFFERENTIABLE_INPUT),
    (sparse, (normal(4, 4).to_sparse(),), Reason.SPARSE),
    (swallowed, (normal(4),), Reason.PYTHON_VALUE),
    (swallowed_branch, (normal(4),), Reason.DATA_DEPENDENT_BRANCH),
    (generator, (normal(4),), Reason.OUTPUT_TYPE),
    (finally_returned, (normal(4),), Reason.PYTHON_VALUE),
    (resized, (normal(4),), Reason.ALIAS_IN_PLACE),
    (lost_in_place, (normal(4),), Reason.LOST_IN_PLACE),
    (detached_changed, (normal(4),), Reason.ALIAS_IN_PLACE),
    (expanded_changed, (normal(1, 4),), Reason.ALIAS_IN_PLACE),
    (contiguous_changed, (normal(3, 4),), Reason.ALIAS_IN_PLACE),
    (changed_without_gradients, (normal(3, 4),), Reason.ALIAS_IN_PLACE),
    (places_in_a_slice_assigned, (normal(4, 3),), Reason.INDEXED_ASSIGNMENT),
    (halved_at_the_end, (normal(4), normal(4)), Reason.DTYPE_SPECIALISED),
    (table_on_the_cpu, (normal(7, 2),), Reason.DEVICE_SPECIALISED),
    (set_storage, (normal(4),), Reason.ALIAS_IN_PLACE),
    (leaky_at_random, (normal(4),), Reason.HIDDEN_RANDOM),
    (bits_of_a_size, (normal(4),), Reason.SIZE_EXPRESSION),
    (without_derivative, (normal(4), normal(4)), Reason.NO_DERIVATIVE),
    (counted, (normal(4),), Reason.NO_META_KERNEL),
    (drawn_by_a_generator, (normal(4),), Reason.OBJECT_ARGUMENT),
    (remembered, (normal(4),), Reason.CHANGES_STATE),
    (settled, (normal(4),), Reason.CHANGES_STATE),
    (
        product_in_half,
        (normal(3, 4).bfloat16(), normal(4, 5).bfloat16(), normal(3, 5).float()),
        Reason.MIXED_DTYPES,
    ),
)
