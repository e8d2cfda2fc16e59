import pytest

from layergen.cli.main import main
from layergen.emit.cost import told
from tests.cli.conftest import Pipeline
from tests.emit.test_cost import SWISH


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_command_tells_what_a_derived_backward_costs(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    pipeline.cost = SWISH

    main(["new-op", "wave", *options])

    assert "\n\n" + "\n".join(told(SWISH)) + "\n\n" in capsys.readouterr().out
