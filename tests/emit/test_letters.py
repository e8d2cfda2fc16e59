from layergen.emit.letters import lettered
from layergen.ir.graph import Arithmetic, Size


def test_a_size_has_one_letter_and_a_number_is_itself():
    letters: dict = {}
    sizes = [Size("s1"), Size("s2"), 3, Size("s1")]

    assert [lettered(each, letters) for each in sizes] == ["a", "b", "3", "a"]


def test_what_is_computed_has_none():
    assert lettered(Arithmetic("*", (Size("s1"), 2)), {}) == "..."


def test_no_two_sizes_share_a_letter():
    letters: dict = {}

    found = [lettered(Size(f"s{at}"), letters) for at in range(60)]

    assert len(set(found)) == 60
    assert found[25:28] == ["z", "a1", "b1"]
