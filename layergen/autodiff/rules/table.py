"""All families in one table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from layergen.autodiff.rules import (
    activations,
    arithmetic,
    attention,
    channel_norms,
    classification_losses,
    complex,
    composite_losses,
    composites,
    composites_attention,
    composites_differences,
    composites_dropout,
    composites_norms,
    composites_recurrent,
    composites_shapes,
    composites_statistics,
    contractions,
    convolution,
    extremes,
    factorizations,
    fourier,
    gates,
    gathering,
    indexing,
    interpolation,
    joining,
    label_losses,
    linear_algebra,
    losses,
    matrix_functions,
    moments,
    normalization,
    norms,
    padding,
    parts,
    pointwise,
    pooling,
    powers,
    products,
    rearranging,
    rectifiers,
    reductions,
    scans,
    scattering,
    selection,
    similarities,
    softmax,
    special,
    spectrogram,
    trigonometry,
    views,
    writing,
)
from layergen.autodiff.rules.rule import Rule

__all__ = ["COMPLEX", "DEFINITIONS", "ELEMENTWISE", "RULES", "SPREADING", "UNFOLDED"]

# The adjoint of each operation, by its canonical name.
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **activations.RULES,
        **arithmetic.RULES,
        **attention.RULES,
        **channel_norms.RULES,
        **classification_losses.RULES,
        **complex.RULES,
        **contractions.RULES,
        **convolution.RULES,
        **extremes.RULES,
        **factorizations.RULES,
        **fourier.RULES,
        **gates.RULES,
        **gathering.RULES,
        **indexing.RULES,
        **interpolation.RULES,
        **joining.RULES,
        **label_losses.RULES,
        **linear_algebra.RULES,
        **losses.RULES,
        **matrix_functions.RULES,
        **moments.RULES,
        **normalization.RULES,
        **norms.RULES,
        **padding.RULES,
        **parts.RULES,
        **pointwise.RULES,
        **pooling.RULES,
        **powers.RULES,
        **products.RULES,
        **rearranging.RULES,
        **rectifiers.RULES,
        **reductions.RULES,
        **scans.RULES,
        **scattering.RULES,
        **selection.RULES,
        **similarities.RULES,
        **softmax.RULES,
        **special.RULES,
        **trigonometry.RULES,
        **views.RULES,
        **writing.RULES,
    }
)
# What an operation is defined as, where the adjoint of that reads better.
DEFINITIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **composite_losses.DEFINITIONS,
        **composites.DEFINITIONS,
        **composites_shapes.DEFINITIONS,
        **fourier.DEFINITIONS,
        **matrix_functions.DEFINITIONS,
        **pooling.DEFINITIONS,
        **spectrogram.DEFINITIONS,
    }
)
# What an operation is traced as: torch computes it in one step, and keeps its parts.
UNFOLDED: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **composite_losses.UNFOLDED,
        **composites.UNFOLDED,
        **composites_attention.UNFOLDED,
        **composites_differences.UNFOLDED,
        **composites_dropout.UNFOLDED,
        **composites_norms.UNFOLDED,
        **composites_recurrent.UNFOLDED,
        **composites_shapes.UNFOLDED,
        **composites_statistics.UNFOLDED,
    }
)
# Rules that take gradients which only broadcast to the result.
ELEMENTWISE: frozenset[str] = frozenset().union(
    activations.RULES,
    arithmetic.RULES,
    pointwise.RULES,
    powers.RULES,
    rectifiers.RULES,
    selection.RULES,
    special.RULES,
    trigonometry.RULES,
)
# Rules that take a gradient of no dimensions for one whose entries are all the same.
SPREADING: frozenset[str] = reductions.SPREADING
# Rules that hold for complex numbers, too.
COMPLEX: frozenset[str] = frozenset().union(
    arithmetic.COMPLEX,
    complex.COMPLEX,
    contractions.COMPLEX,
    fourier.COMPLEX,
    gathering.COMPLEX,
    indexing.COMPLEX,
    joining.COMPLEX,
    padding.COMPLEX,
    parts.COMPLEX,
    pointwise.COMPLEX,
    products.COMPLEX,
    rearranging.COMPLEX,
    selection.COMPLEX,
    views.COMPLEX,
    writing.COMPLEX,
)
