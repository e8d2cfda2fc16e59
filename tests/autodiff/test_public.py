"""Operators below autograd by public names: both spellings, run, give the same."""

import operator

import pytest
import torch
import torch.nn.functional as F

from layergen.autodiff.fallback import as_public
from layergen.autodiff.public import METHODS, OPERATORS, OTHERWISE, SAME_AS, public
from layergen.emit.python import SYMBOLS
from layergen.ir.graph import Syntax

aten = torch.ops.aten
X = torch.arange(6.0, dtype=torch.float64).reshape(2, 3) / 5 - 0.4
Y = X.flip(0) + 1.5
Z = torch.tensor([1 + 2j, 3 - 1j])
ROW = torch.tensor([0, 1, 0])
SQUARE = torch.tensor([[2.0, 1.0], [0.5, 3.0]], dtype=torch.float64)
IMAGE = torch.linspace(-1, 1, 32, dtype=torch.float64).reshape(1, 2, 4, 4)
MASK = X > 0

CASES = (
    (aten.add.Tensor, X, Y),
    (aten.add.Scalar, X, 2),
    (aten.sub.Tensor, X, Y),
    (aten.mul.Tensor, X, Y),
    (aten.mul.Scalar, X, 2.5),
    (aten.div.Tensor, X, Y),
    (aten.div.Scalar, X, 2.5),
    (aten.neg.default, X),
    (aten.pow.Tensor_Scalar, Y, 3),
    (aten.pow.Scalar, 2, X),
    (aten.matmul.default, X, Y.mT),
    (aten.gt.Scalar, X, 0),
    (aten.lt.Tensor, X, Y),
    (aten.ge.Scalar, X, 0),
    (aten.le.Tensor, X, Y),
    (aten.eq.Tensor, X, X),
    (aten.ne.Scalar, X, 0),
    (aten.amax.default, X, [1], True),
    (aten.conj.default, Z),
    (aten.contiguous.default, X.mT),
    (aten.expand.default, X, [4, 2, 3]),
    (aten.flatten.using_ints, X, 0, 1),
    (aten.flip.default, X, [0]),
    (aten.index_add.default, X, 1, ROW, Y),
    (aten.masked_fill.Scalar, X, MASK, 9.0),
    (aten.mean.dim, X, [1], True),
    (aten.mean.default, X),
    (aten.new_empty.default, X, [2, 2]),
    (aten.new_full.default, X, [2, 2], 7.0),
    (aten.new_ones.default, X, [2, 2]),
    (aten.new_zeros.default, X, [2, 2]),
    (aten.permute.default, X, [1, 0]),
    (aten.repeat.default, X, [2, 1]),
    (aten.reshape.default, X, [3, 2]),
    (aten.scatter_add.default, X, 0, ROW.expand(2, 3), Y),
    (aten.slice.Tensor, X, 1, 1, 3),
    (aten.slice.Tensor, X, -2, 0, 2**63 - 1),
    (aten.slice.Tensor, X, 1, 0, 3, 2),
    (aten.slice_copy.Tensor, X, 1, 1, 3),
    (aten.split.Tensor, X, 2, 1),
    (aten.squeeze.dim, X[:, :1], 1),
    (aten.squeeze.dims, X[None, :, :1], [0, 2]),
    (aten.sum.dim_IntList, X, [0, 1], True),
    (aten.sum.default, X),
    (aten.sum_to_size.default, X, [1, 3]),
    (aten.to.dtype, X, torch.float32),
    (torch.ops.prims.convert_element_type.default, X, torch.float32),
    (aten.transpose.int, X, 0, 1),
    (aten.unbind.int, X, 1),
    (aten.unsqueeze.default, X, 1),
    (aten.view.default, X, [3, 2]),
    (aten._unsafe_view.default, X, [3, 2]),
    (aten._reshape_alias.default, X, [3, 2], [2, 1]),
    (aten.split_with_sizes.default, X, [1, 2], 1),
    (aten.unsafe_split.Tensor, X, 2, 1),
    (aten.unsafe_split_with_sizes.default, X, [1, 2], 1),
    (aten.unsafe_chunk.default, X, 2, 0),
    (aten._conj.default, Z),
    (aten.conj_physical.default, Z),
    (aten.expand_copy.default, X, [4, 2, 3]),
    (aten._softmax.default, X, 1, False),
    (aten._log_softmax.default, X, 0, False),
    (aten.special_erfcx.default, X),
    (aten.linalg_vector_norm.default, X, 3),
    (aten.linalg_inv_ex.default, SQUARE),
    (aten.fft_rfft.default, X),
    (aten.where.self, MASK, X, Y),
    (aten.where.ScalarOther, MASK, X, 0),
    (aten.sigmoid.default, X),
    (aten.rsqrt.default, Y),
    (aten.cumsum.default, X, 1),
    (aten.gather.default, X, 0, ROW[None]),
    (aten.index_select.default, X, 1, ROW),
    (aten.bmm.default, X[None], Y.mT[None]),
    (aten.addmm.default, X @ X.mT, X, Y.mT),
    (aten.clamp.default, X, -0.1, 0.2),
    (aten.tril.default, X, -1),
    (aten.cat.default, [X, Y], 1),
    (aten.diagonal.default, X, 0, 0, 1),
    (aten.zeros_like.default, X),
    (aten.max_pool2d.default, IMAGE, [2, 2]),
    (aten.nan_to_num.default, X, 0.0),
    (aten.atan2.default, X, Y),
)
BINARY = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "matmul": operator.matmul,
    "gt": operator.gt,
    "lt": operator.lt,
    "ge": operator.ge,
    "le": operator.le,
    "eq": operator.eq,
    "ne": operator.ne,
}


def run(found, args):
    """Call what is spelled, as its text would."""
    if found.syntax is Syntax.OPERATOR:
        return BINARY[found.op](*args) if found.op in BINARY else -args[0]
    if found.syntax is Syntax.METHOD:
        return getattr(args[0], found.name)(*args[1:])
    if found.syntax is Syntax.INDEX:
        return args[0][args[1]]
    home, _, path = found.name.partition(".")
    return operator.attrgetter(path)({"torch": torch, "F": F}[home])(*args)


def identify(case):
    return str(case[0]).removeprefix("aten.")


@pytest.mark.parametrize("case", CASES, ids=identify)
def test_the_public_spelling_gives_what_the_operator_gives(case):
    func, *args = case
    found = public(func)
    wanted = func(*args)

    given, _ = as_public(found, tuple(args), {})
    made = run(found, given)

    assert not found.name.startswith("torch.ops.")
    if "empty" in found.op:
        wanted, made = torch.zeros_like(wanted), torch.zeros_like(made)
    torch.testing.assert_close(made, wanted)


def test_every_name_in_the_tables_was_run():
    run_here = {each[0]._schema.name.removeprefix("aten::") for each in CASES}

    assert METHODS | OPERATORS | SAME_AS.keys() <= run_here


def test_an_operator_of_the_tables_can_be_printed():
    assert {*OPERATORS, "div"} - {"neg"} <= SYMBOLS.keys()


@pytest.mark.parametrize(
    ("func", "path"),
    [
        (aten.div.Tensor_mode, "torch.ops.aten.div.Tensor_mode"),
        (aten.max.dim, "torch.ops.aten.max.dim"),
        (aten.sigmoid_backward.default, "torch.ops.aten.sigmoid_backward.default"),
        (aten._to_copy.default, "torch.ops.aten._to_copy.default"),
        (aten._cdist_forward.default, "torch.ops.aten._cdist_forward.default"),
        (torch.ops.prims.sin.default, "torch.ops.prims.sin.default"),
    ],
)
def test_what_has_no_public_spelling_is_named_by_its_path(func, path):
    found = public(func)

    assert (found.name, found.syntax) == (path, Syntax.FUNCTION)
    assert run_path(path) is func


def run_path(path):
    return operator.attrgetter(path.removeprefix("torch."))(torch)


@pytest.mark.parametrize(
    "case",
    [
        (aten.block_diag.default, [X, Y]),
        (aten.binary_cross_entropy_with_logits.default, X, MASK.double()),
        (aten.native_layer_norm.default, X, [3], None, None, 1e-5),
        (aten.stack.default, [X, Y], 0),
        (aten.einsum.default, "ij,kj->ik", [X, Y]),
        (aten.std.correction, X, [1]),
        (aten.norm.ScalarOpt_dim, X, 2, [1], True),
        (aten.round.decimals, X),
        (aten.min.default, X),
        (aten.softplus.default, X, 1, 20),
        (aten.view.dtype, X, torch.int64),
        (aten.max.default, X),
        (aten.max_pool2d_with_indices.default, IMAGE, [2, 2]),
        (aten.avg_pool2d.default, IMAGE, [2, 2]),
        (aten.index.Tensor, X, [None, ROW]),
        (aten.var_mean.correction, X, [1]),
    ],
    ids=identify,
)
def test_a_public_spelling_is_given_only_where_it_means_the_same(case):
    func, *args = case
    found = public(func)

    if not found.name.startswith("torch.ops."):
        torch.testing.assert_close(run(found, args), func(*args))


def test_what_means_another_thing_is_a_name_of_torch_or_an_operator_of_its_own():
    assert [name for name in sorted(OTHERWISE) if not hasattr(aten, name)] == []


def test_a_scale_of_logits_is_left_to_the_operator():
    """torch.softmax takes a dtype where the operator takes half_to_float."""
    args, kwargs = as_public(public(aten._softmax.default), (X, 1, False), {})

    assert (args, kwargs) == ((X, 1), {})
