"""Files of forwards, written and read."""

import textwrap

import pytest

from layergen.errors import BadRequest
from layergen.spec.forward import from_file


@pytest.fixture
def read(tmp_path):
    """Write a file's text, and read a function of it."""

    def write_and_read(text, function="f"):
        data = text if isinstance(text, bytes) else textwrap.dedent(text).encode()
        (tmp_path / "forwards.py").write_bytes(data)
        return from_file(f"forwards.py:{function}", tmp_path)

    return write_and_read


@pytest.fixture
def refusal(read):
    def refused(text, function="f"):
        with pytest.raises(BadRequest) as error:
            read(text, function)
        return error.value

    return refused
