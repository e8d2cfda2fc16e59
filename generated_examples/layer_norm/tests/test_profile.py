"""layer_norm under torch.profiler: it is seen there; `pytest -s` prints the table."""

from torch.profiler import ProfilerActivity, profile

from .test_op import CASES, bound, inputs, layer_norm


def test_appears_in_the_profile():
    case = CASES[0].values[0]
    args = inputs(case)

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as trace:
        output = bound(layer_norm, case)(*args)
        output.sum().backward()

    events = {event.key for event in trace.key_averages()}
    assert {"LayerNormFunction", "LayerNormFunctionBackward"} <= events
    print(trace.key_averages().table(sort_by="self_cpu_time_total", row_limit=10))
