"""What an expression may say, as frozen data: torch's functions, methods and attributes.

A bare name is looked up in the order of FUNCTIONS: `silu(x)` means `F.silu(x)`. Left out is what
draws random numbers, works in place, or reads a
tensor's values into Python.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "ATTRIBUTES",
    "BUILTIN_NUMERIC",
    "CONSTANTS",
    "DROPOUTS",
    "FACTORIES",
    "FUNCTIONS",
    "INSTEAD_OF_CHARACTER",
    "KNOWN_FUNCTIONS",
    "MATH",
    "METHODS",
    "NAMESPACES",
    "NAMESPACE_ROOTS",
    "RANDOM",
    "REFUSED_MEMBERS",
    "VERBS",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Functions of the same name in torch and among a tensor's methods.
_SHARED = _words("""
    abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr adjoint all amax amin
    aminmax angle any argmax argmin argsort asin asinh atan atan2 atanh baddbmm bmm broadcast_to
    ceil cholesky chunk clamp clamp_max clamp_min clip clone conj copysign cos cosh cross cummax
    cummin cumprod cumsum deg2rad det diag diag_embed diagonal diff digamma dist div divide dot
    eq erf erfc erfinv exp exp2 expm1 fix flatten flip fliplr flipud float_power floor
    floor_divide fmax fmin fmod frac gather ge gt heaviside hypot i0 igamma igammac imag
    index_add index_copy index_fill index_select inner inverse isclose isfinite isinf isnan kron
    kthvalue le lerp lgamma log log10 log1p log2 log_softmax logaddexp logaddexp2 logcumsumexp
    logdet logical_and logical_not logical_or logical_xor logit logsumexp lt masked_fill matmul
    matrix_exp matrix_power max maximum mean median min minimum mm moveaxis movedim mul multiply
    mv mvlgamma nan_to_num nanmean nanmedian nansum narrow ne neg negative norm numel outer
    permute polygamma positive pow prod quantile rad2deg ravel real reciprocal relu remainder
    renorm repeat_interleave reshape roll rot90 round rsqrt scatter scatter_add scatter_reduce
    select sgn sigmoid sign sin sinc sinh slogdet softmax sort split sqrt square squeeze std sub
    subtract sum swapaxes swapdims t take take_along_dim tan tanh tensor_split tile topk trace
    transpose tril triu true_divide trunc unbind unflatten unsqueeze var vdot where xlogy
""")

FACTORIES = _words("arange eye full linspace ones tensor zeros")

_TORCH = _SHARED | FACTORIES | _words("""
    atleast_1d atleast_2d atleast_3d block_diag broadcast_tensors bucketize cartesian_prod cat
    cdist column_stack concat concatenate corrcoef cov cumulative_trapezoid dstack einsum
    empty_like full_like hstack is_floating_point meshgrid ones_like polar searchsorted stack
    std_mean tensordot trapezoid trapz vander var_mean vstack zeros_like
""")

# What people write with F, though some of it is in torch as well.
_FUNCTIONAL = _words("""
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d
    adaptive_max_pool2d adaptive_max_pool3d affine_grid avg_pool1d avg_pool2d
    avg_pool3d batch_norm bilinear binary_cross_entropy binary_cross_entropy_with_logits celu
    channel_shuffle conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
    cosine_embedding_loss cosine_similarity cross_entropy ctc_loss
    elu embedding fold gaussian_nll_loss gelu glu grid_sample
    group_norm hardshrink hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss
    instance_norm interpolate kl_div l1_loss layer_norm leaky_relu linear local_response_norm
    logsigmoid lp_pool1d lp_pool2d lp_pool3d margin_ranking_loss max_pool1d max_pool2d max_pool3d
    mish mse_loss multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss
    normalize one_hot pad pairwise_distance pdist pixel_shuffle pixel_unshuffle poisson_nll_loss
    prelu relu relu6 rms_norm scaled_dot_product_attention selu silu smooth_l1_loss
    soft_margin_loss softmin softplus softshrink softsign tanhshrink threshold
    triplet_margin_loss unfold
""")

# Functions of Python's math that torch has too, and those of numbers alone.
MATH = _words("""
    acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh erf erfc exp exp2 expm1 fabs floor
    fmod hypot lgamma log log10 log1p log2 pow sin sinh sqrt tan tanh trunc
""")
BUILTIN_NUMERIC = _words("abs bool float int max min round")

# Those that nobody means as a name of a value: `x * sigmoid` forgot its brackets. Others are
# nouns as well: gamma, mean, std, t.
VERBS = MATH | _words("""
    abs elu gelu hardtanh leaky_relu log_softmax mish relu rsqrt selu sigmoid sign silu softmax
    softplus softsign square
""")

FUNCTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"F.": _FUNCTIONAL, "torch.": _TORCH - _FUNCTIONAL}
)

KNOWN_FUNCTIONS = frozenset().union(*FUNCTIONS.values(), MATH, BUILTIN_NUMERIC)

# Functions by their full name: what may follow each dotted prefix.
NAMESPACES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "torch": _TORCH | _words("""
            batch_norm bilinear binary_cross_entropy_with_logits celu
            channel_shuffle conv1d conv2d conv3d conv_transpose1d conv_transpose2d
            conv_transpose3d cosine_similarity embedding group_norm hardshrink
            instance_norm layer_norm pairwise_distance pdist pixel_shuffle pixel_unshuffle prelu
            relu rms_norm selu threshold
        """),
        "F": _FUNCTIONAL | _words("log_softmax sigmoid softmax tanh"),
        "math": MATH,
        "torch.linalg": _words("""
            cholesky cross det diagonal eigh eigvalsh inv matmul matrix_exp matrix_norm
            matrix_power multi_dot norm pinv qr slogdet solve solve_triangular svd svdvals vander
            vecdot vector_norm
        """),
        "torch.special": _words("""
            digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammainc gammaincc gammaln i0 i0e
            i1 i1e log1p log_ndtr log_softmax logit logsumexp multigammaln ndtr ndtri polygamma
            psi sinc softmax xlog1py xlogy zeta
        """),
        "torch.fft": _words("""
            fft fft2 fftn fftshift ifft ifft2 ifftn ifftshift irfft irfft2 irfftn rfft rfft2 rfftn
        """),
    }
)

NAMESPACE_ROOTS = frozenset({"F", "math", "nn", "torch"})

CONSTANTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "math": _words("e inf nan pi tau"),
        "torch": _words("""
            bfloat16 bool complex128 complex64 double e float float16 float32 float64 half inf int
            int16 int32 int64 int8 long nan pi uint8
        """),
    }
)

METHODS = (_SHARED - {"imag", "real"}) | _words("""
    bfloat16 bool contiguous detach dim double expand expand_as float half int long new_full
    new_ones new_zeros ndimension repeat reshape_as size sum_to_size to type_as unfold view
    view_as
""")

ATTRIBUTES = _words("H T device dtype imag indices mH mT ndim real shape values")

# Functions that go on in eval mode, where the module of the same meaning stops.
DROPOUTS = _words("""
    alpha_dropout dropout dropout1d dropout2d dropout3d feature_alpha_dropout
""")

RANDOM = _words("""
    bernoulli exponential feature_dropout fractional_max_pool2d gumbel_softmax multinomial normal
    poisson rand rand_like randint randint_like randn randn_like randperm rrelu
""")

_LEAVES = "it reads values out of the graph into Python: no gradient passes"
_WRITES = "it changes what the forward is given, and a forward only computes"

# Members of a tensor that a forward must not use: why, and what to write instead.
REFUSED_MEMBERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "backward": (
            "a forward only computes; it runs no backward",
            "Leave the derivative to autograd.",
        ),
        "data": (
            "it leaves the graph: no gradient reaches it",
            "Use the tensor itself, or .detach() if the gradient is to stop here.",
        ),
        "grad": (
            "it reads what a backward wrote, which a forward can't depend on",
            "Use the tensor itself.",
        ),
        "item": (_LEAVES, "Use the tensor itself: a tensor () works like a number."),
        "tolist": (_LEAVES, "Use the tensor itself, or unbind() to take it apart."),
        "numpy": (_LEAVES, "Write the same with torch's functions."),
        "requires_grad_": (_WRITES, "Leave requires_grad to the caller."),
        "requires_grad": (
            "a forward is the same whether or not a gradient is wanted",
            "Leave requires_grad to the caller.",
        ),
        "register_hook": (_WRITES, "Leave hooks to the caller."),
        "retain_grad": (_WRITES, "Leave retain_grad to the caller."),
        "cpu": (
            "it ties the forward to one device",
            "Leave the device to the caller, or use .to(other.device).",
        ),
        "cuda": (
            "it ties the forward to one device",
            "Leave the device to the caller, or use .to(other.device).",
        ),
    }
)

# What formulas pasted from a paper are made of, and its spelling in Python.
INSTEAD_OF_CHARACTER: Mapping[str, str] = MappingProxyType(
    {
        "\N{MULTIPLICATION SIGN}": "*",
        "\N{MIDDLE DOT}": "*",
        "\N{DOT OPERATOR}": "*",
        "\N{ASTERISK OPERATOR}": "*",
        "\N{DIVISION SIGN}": "/",
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{SUPERSCRIPT TWO}": "**2",
        "\N{SUPERSCRIPT THREE}": "**3",
        "\N{SQUARE ROOT}": "sqrt(...)",
        "\N{GREEK SMALL LETTER PI}": "math.pi",
        "\N{LESS-THAN OR EQUAL TO}": "<=",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
        "\N{NOT EQUAL TO}": "!=",
        "\N{DOUBLE VERTICAL LINE}": "torch.linalg.vector_norm(...)",
        "\N{GREEK SMALL LETTER SIGMA}": "sigmoid(...)",
        "\N{LEFT DOUBLE QUOTATION MARK}": "'",
        "\N{RIGHT DOUBLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)
