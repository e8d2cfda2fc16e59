"""Time and memory of self_attention: `python -m self_attention.benchmark`."""

import argparse

import torch
from torch.utils.benchmark import Timer

from .op import SelfAttentionFunction, self_attention


def inputs(device, dtype):
    """Draw tensors of a size at which the arithmetic outweighs the call."""
    generator = torch.Generator(device).manual_seed(0)

    def draw(shape):
        values = torch.randn(shape, generator=generator, device=device)
        return values.to(dtype).requires_grad_()

    return [
        draw((256, 160, 128)),
        draw((256, 224, 128)),
        draw((256, 224, 192)),
        draw((160, 224)),
    ]


def contenders(device, dtype):
    """Name what is compared: each a function of the tensors alone."""
    return {
        "self_attention": lambda q, k, v, mask: self_attention(
            q=q, k=k, v=v, mask=mask, causal=False
        ),
        "plain autograd": lambda q, k, v, mask: SelfAttentionFunction.forward(
            q=q, k=k, v=v, mask=mask, causal=False
        )[0],
    }


def milliseconds(run):
    """Take the median time of a call."""
    timer = Timer("run()", globals={"run": run}, num_threads=torch.get_num_threads())
    return timer.blocked_autorange(min_run_time=0.5).median * 1e3


def saved_mebibytes(run):
    """Sum what autograd keeps for the backward, each storage once."""
    sizes = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        run()
    return sum(sizes.values()) / 2**20


def measure(function, args):
    """Run one contender: forward, forward and backward (ms), and what it keeps (MiB)."""

    def forward():
        return function(*args)

    def step():
        outputs = forward()
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        sum(out.sum() for out in outputs).backward()

    return milliseconds(forward), milliseconds(step), saved_mebibytes(forward)


def main():
    """Print a line for each contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32", help="a name such as bfloat16")
    options = parser.parse_args()
    dtype = getattr(torch, options.dtype)

    args = inputs(options.device, dtype)
    sizes = ", ".join(str(tuple(a.shape)) for a in args if isinstance(a, torch.Tensor))
    print(
        f"{options.device}, {options.dtype}, inputs {sizes}, torch {torch.__version__}"
    )
    print(f"{'':16}{'forward':>12}{'with backward':>16}{'saved':>14}")
    for label, function in contenders(options.device, dtype).items():
        forward, step, saved = measure(function, args)
        print(f"{label:16}{forward:9.3f} ms{step:13.3f} ms{saved:10.2f} MiB")


if __name__ == "__main__":
    main()
