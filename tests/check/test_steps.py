import torch
from torch._subclasses import FakeTensorMode

from layergen.check.kept import Run
from layergen.check.steps import lasting, seconds, settle


def test_the_fastest_run_of_each_side_is_taken(monkeypatch):
    times = {"ours": iter([3.0, 1.0, 2.0] * 20), "plain": iter([9.0, 8.0, 7.0] * 20)}
    monkeypatch.setattr(
        "layergen.check.steps.lasting", lambda run: next(times[run.function])
    )

    assert seconds(Run("ours", ()), Run("plain", ())) == (1.0, 7.0)


def test_a_step_differentiates_by_what_requires_grad():
    ran = []

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            ran.append(grad)
            return grad * 2

    taken = lasting(
        Run(lambda x, n: Twice.apply(x), (torch.ones(2).requires_grad_(), 3))
    )

    assert taken > 0
    assert len(ran) == 1


def test_a_device_that_runs_on_is_waited_for(monkeypatch):
    waited = []
    monkeypatch.setattr(torch.accelerator, "synchronize", waited.append)
    with FakeTensorMode():
        far = torch.empty(2, device="cuda:0")

    settle([far, torch.empty(2), torch.empty(2, device="meta"), 3.0])

    assert waited == [torch.device("cuda:0")]
