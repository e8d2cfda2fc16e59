"""Names are spelled both ways, and refused where they would clash."""

import itertools
import sys

import pytest

from layergen.errors import BadRequest
from layergen.spec import names
from layergen.spec.model import Kind
from layergen.spec.spelling import SPELLINGS

BOTH_WAYS = [
    ("GatedUnit", "gated_unit"),
    ("RMSNorm", "rms_norm"),
    ("SEBlock", "se_block"),
    ("ReLU", "relu"),
    ("UNet", "unet"),
    ("ThresholdReLU", "threshold_relu"),
    ("MAECosine", "mae_cosine"),
    ("PenalisedMSE", "penalised_mse"),
    ("BatchNorm2d", "batch_norm2d"),
    ("ReLU6", "relu6"),
    ("MLPGELU", "mlp_gelu"),
    ("SwiGLU", "swiglu"),
]


@pytest.mark.parametrize(("cls", "module"), BOTH_WAYS)
def test_a_name_is_spelled_both_ways(cls, module):
    assert names.module_name(cls) == module
    assert names.class_name(module) == cls


@pytest.mark.parametrize("text", ["gatedUnit", "gated_unit", "GATED_UNIT", "GatedUnit"])
def test_any_spelling_is_taken(text):
    assert names.class_name(text) == "GatedUnit"
    assert names.module_name(text) == "gated_unit"


def test_a_class_is_kept_as_it_was_typed():
    assert names.class_name("Relu6X") == "Relu6X"


def test_every_module_name_comes_back_from_its_class():
    words = [*SPELLINGS, "gated", "x", "norm", "relu6", "conv2d", "2d", "3"]
    modules = ["_".join(("a", *pair)) for pair in itertools.product(words, repeat=2)]

    assert [m for m in modules if names.module_name(names.class_name(m)) != m] == []


def test_spellings_of_one_component_fold_alike():
    assert names.folded("GatedUnit") == names.folded("gated_unit") == "gatedunit"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("name", ["GatedUnit", "rms_norm", "swish", "Linear", "unet"])
def test_a_good_name_passes(name, kind):
    names.check_name(name, kind)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "is empty"),
        ("class", "'class' is a word of Python itself"),
        ("Class", "'class' is a word of Python itself"),
        ("None", "'None' is a word of Python itself"),
        ("match", "'match' is a word of Python itself"),
        ("1abc", "begins with a digit"),
        ("a-b", "Write 'a_b'."),
        ("a b", "holds ' '"),
        ("../x", "--into DIR"),
        ("a/b", "--into DIR"),
        ("a\\b", "--into DIR"),
        ("s\u0445ish", "U+0445 (CYRILLIC SMALL LETTER HA)"),
        ("\ufb01t", "U+FB01 (LATIN SMALL LIGATURE FI)"),
        ("x" * 300, "has 300 characters"),
        ("_swish", "Write 'swish'."),
        ("__init__", "Write 'init'."),
        ("a\0b", "holds '\\x00'"),
        ("Module", "clashes with the class Module"),
        ("tensor", "clashes with the class Tensor"),
        ("FunctionCtx", "clashes with the class FunctionCtx"),
        ("op", "clashes with 'op'"),
        ("Op", "clashes with 'op'"),
        ("F", "clashes with 'F'"),
        ("functional", "clashes with 'functional'"),
        ("test_swish", "pytest"),
    ],
)
def test_a_bad_name_is_refused(name, says):
    with pytest.raises(BadRequest) as error:
        names.check_name(name, Kind.LAYER)

    assert says in str(error.value)


def test_a_builtin_is_refused_only_where_a_function_would_hide_it():
    names.check_name("sum", Kind.LAYER)

    with pytest.raises(BadRequest, match=r"Python's own sum\(\)"):
        names.check_name("Sum", Kind.OP)


def test_a_foreign_letter_is_pointed_at():
    with pytest.raises(BadRequest) as error:
        names.check_name("s\u0445ish", Kind.OP)

    assert error.value.place.column == 2


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("lambda", Kind.OP, "a word of Python"),
        ("self", Kind.OP, "generated code"),
        ("ctx", Kind.OP, "generated code"),
        ("torch", Kind.OP, "generated code"),
        ("grad_out", Kind.OP, "generated code"),
        ("grad_x", Kind.OP, "the gradient of 'x'"),
        ("swish", Kind.OP, "the name of the op itself"),
        ("needs_input_grad", Kind.OP, "autograd's context"),
        ("half", Kind.LAYER, "nn.Module's own half"),
        ("reduction", Kind.LOSS, "every loss"),
        ("_x", Kind.OP, "private"),
        ("\u03b2", Kind.OP, "GREEK SMALL LETTER BETA"),
    ],
)
def test_an_argument_that_clashes_is_refused(name, kind, says):
    with pytest.raises(BadRequest) as error:
        names.check_argument_name(name, kind, component="Swish", others=["x"])

    assert says in str(error.value)


@pytest.mark.parametrize("name", ["x", "beta", "eps", "input", "min", "grad_y"])
def test_an_ordinary_argument_passes(name):
    names.check_argument_name(name, Kind.OP, component="Swish", others=["x"])


@pytest.mark.parametrize("name", ["queue", "zlib"])
def test_a_top_level_name_of_the_standard_library_is_refused(name, tmp_path):
    with pytest.raises(BadRequest) as error:
        names.check_import_name(name, tmp_path)

    assert "Python's standard library" in str(error.value)
    assert f"'my_{name}'" in str(error.value)


def test_a_top_level_name_of_an_installed_package_is_refused(tmp_path, monkeypatch):
    elsewhere = tmp_path / "site"
    (elsewhere / "kornia").mkdir(parents=True)
    (elsewhere / "kornia" / "__init__.py").write_text("raise SystemExit")
    monkeypatch.setattr(sys, "path", [str(elsewhere)])

    with pytest.raises(BadRequest, match="an installed package"):
        names.check_import_name("kornia", tmp_path)


def test_a_name_inside_a_package_hides_nothing(tmp_path):
    (tmp_path / "__init__.py").touch()

    names.check_import_name("queue", tmp_path)


def test_the_component_itself_is_not_in_its_own_way(tmp_path, monkeypatch):
    (tmp_path / "swish").mkdir()
    (tmp_path / "swish" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    names.check_import_name("swish", tmp_path)


def test_the_nearest_name_is_found():
    assert names.nearest("sigmiod", ["sin", "sigmoid", "sign"]) == "sigmoid"
    assert names.nearest("load", ["logaddexp"]) is None
