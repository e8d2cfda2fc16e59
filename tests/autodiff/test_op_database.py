"""A fixed third of PyTorch's operator database: right, or refused as a person has reviewed it."""

import pytest

from tests.autodiff.op_database.judge import judged
from tests.autodiff.op_database.reviewed import (
    operators,
    reviewed,
    surprises,
    unknown_operators,
)
from tests.autodiff.op_database.source import made

PARTS = 18  # of the third, so that they can run side by side


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.filterwarnings("ignore")
def test_every_variant_is_right_or_refused_as_reviewed(part):
    # The database takes seconds to import, and no other test needs it.
    from tests.autodiff.op_database.samples import variants

    judgements = [
        judged(each.name, each.samples(), made)
        for each in variants()[3 * part :: 3 * PARTS]
    ]

    assert list(surprises(judgements, reviewed())) == []
    assert list(unknown_operators(judgements, operators())) == []


def test_the_list_names_variants_of_the_database():
    from tests.autodiff.op_database.samples import variants

    assert reviewed().keys() - {each.name for each in variants()} == set()
