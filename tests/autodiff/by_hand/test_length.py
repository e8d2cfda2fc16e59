"""What is emitted is about as long as what a careful engineer writes."""

import statistics
from pathlib import Path

import layergen
from tests.autodiff.by_hand.test_by_hand import WRITTEN
from tests.autodiff.zoo import LAYERS

LIMIT = 1.5


def test_emitted_lines_against_lines_by_hand():
    ratios = {
        layer.name: emitted(layer) / lines(by_hand(layer))
        for layer in LAYERS
        if layer.name in WRITTEN
    }

    assert statistics.median(ratios.values()) <= LIMIT, ratios


def emitted(layer):
    return lines(layergen.derive(layer.forward, layer.inputs()).source)


def by_hand(layer):
    return (Path(__file__).parent / f"{layer.name}.py").read_text()


def lines(text):
    return len(text.splitlines())
