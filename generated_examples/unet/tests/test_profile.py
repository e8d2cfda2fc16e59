"""UNet under torch.profiler: it is seen there; `pytest -s` prints the table."""

from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode

from .test_layer import CASES, inputs, layer_of, plain


class Operators(TorchDispatchMode):
    """Collect the operators that run, named as the profiler names them."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(func.name().partition(".")[0])  # aten::mul.Tensor: aten::mul
        return func(*args, **(kwargs or {}))


def test_appears_in_the_profile():
    case = CASES[0].values[0]
    args = inputs(case)
    layer = layer_of(case)
    with Operators() as expected:
        plain(layer)(*args)

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as trace:
        output = layer(*args)
        output.sum().backward()

    events = {event.key for event in trace.key_averages()}
    assert expected.names
    assert expected.names <= events
    print(trace.key_averages().table(sort_by="self_cpu_time_total", row_limit=10))
