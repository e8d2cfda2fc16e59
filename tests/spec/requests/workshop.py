"""A folder in which commands are given, and read."""

from pathlib import Path

from layergen.spec import read, toml
from layergen.spec.model import Backward, Kind, Recompute, Spec
from layergen.spec.request import Request

FORWARDS = '''\
def norm(x, weight, bias=None, eps: float = 1e-5):
    """Scale to unit variance."""
    y = x / (x.var(-1, keepdim=True) + eps).sqrt() * weight
    return y if bias is None else y + bias


def method(self, x):
    return self.fc(x) * self.heads


def ignores(x, y):
    return x
'''
SWISH = "x * sigmoid(beta * x)"


class Workshop:
    """A folder with forwards.py, in which commands are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(
        self,
        kind: str,
        name: str,
        *,
        on: Spec | None = None,
        backward: Backward | None = None,
        recompute: Recompute | None = None,
        forward: str | None = None,
        from_: str | None = None,
        like: str | None = None,
        **texts: list[str],
    ) -> Spec:
        request = Request(
            Kind(kind),
            name,
            forward=forward,
            from_=from_,
            like=like,
            backward=backward,
            recompute=recompute,
            **{option: tuple(each) for option, each in texts.items()},
        )
        spec, self.notes = read.from_request(
            request, cwd=self.folder, into=self.folder, existing=on
        )
        # As the next command would find it.
        return toml.parse(toml.render(spec, ()), "layergen.toml")
