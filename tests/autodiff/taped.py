"""Tapes by hand: what a few lines of torch leave on one, with real tensors or symbolic ones."""

import torch

from layergen.autodiff.adapter import Sandbox
from layergen.autodiff.recorder import Recorder
from layergen.autodiff.tape import ShapeRef, Tape
from layergen.ir.graph import Kind, Phase, Value


def recorder_of(phase=Phase.BACKWARD, **tensors):
    """Begin a tape with some arguments on it; `with recorder_of(x=x): ...` goes on."""
    recorder = Recorder(Tape(), None, None, lambda line: None)
    for name, tensor in tensors.items():
        recorder.tape.leaf(Kind.ARGUMENT, name, tensor)
    recorder.tape.phase = phase
    return recorder


def recorded(compute, phase=Phase.BACKWARD, **tensors):
    """Run a few lines on arguments of these names; the tape, and the entry of what they give."""
    recorder = recorder_of(phase, **tensors)
    with recorder:
        result = compute(*tensors.values())
    return recorder.tape, recorder.tape.find(result)


def shape_of(entry):
    """Take the shape of an entry, by reference."""
    shape = ShapeRef(entry.result.shape)
    shape.of = Value(entry.index)
    return shape


def symbolic(**shapes):
    """Make tensors without values, each size a symbol."""
    sandbox = Sandbox()
    made = [sandbox.fake(torch.zeros(shape), name) for name, shape in shapes.items()]
    return sandbox, made
