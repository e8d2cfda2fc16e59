from pathlib import Path

import pytest

from tests.spec.requests.workshop import FORWARDS, Workshop


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    (tmp_path / "forwards.py").write_text(FORWARDS)
    return Workshop(tmp_path)
