"""What a script sends becomes what a handler expects, or an error with words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import InvalidChoice
from arena.ui.inputs import whole, word, words

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=6,
)


@given(JSON)
def test_a_text_is_a_text_or_refused(value: object) -> None:
    try:
        made = word(value)
    except InvalidChoice:
        assert not isinstance(value, str | None)
    else:
        made.encode()
        assert "\x00" not in made


@given(JSON)
def test_texts_are_texts_or_refused(value: object) -> None:
    try:
        made = words(value)
    except InvalidChoice:
        return
    assert all(isinstance(item, str) for item in made)


def test_nothing_is_empty_and_half_a_character_is_replaced() -> None:
    assert word(None) == ""
    assert words(None) == []
    assert word("a\ud83d\x00b") == "a?b"
    with pytest.raises(InvalidChoice):
        words("a")


@pytest.mark.parametrize(("sent", "read"), [(None, 0), ("", 0), ("0", 0), ("12", 12), ("000000001", 1)])
def test_a_whole_number_is_read_from_its_text(sent: object, read: int) -> None:
    assert whole(sent) == read


@pytest.mark.parametrize("sent", [7, True, "-1", "1.5", "x", "9" * 10, "٣", " 1", ["1"], {}])
def test_what_is_no_whole_number_is_refused(sent: object) -> None:
    with pytest.raises(InvalidChoice):
        whole(sent)
