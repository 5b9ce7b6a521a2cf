"""The messages of a room's stream bring a page to exactly what the server means."""

from collections.abc import Mapping

import orjson
from hypothesis import given
from hypothesis import strategies as st

from arena.ui.room_following import RoomStream

_HTML = st.text(st.sampled_from("ab<>é🎉 "), max_size=30)
_PARTS = st.dictionaries(st.sampled_from(["title", "first", "second"]), _HTML)


class Page:
    """What room.js does with messages: UTF-16 units, as JavaScript counts."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.data: Mapping[str, object] = {}

    def hear(self, message: bytes | None) -> None:
        if message is None:
            return
        body = orjson.loads(message.removeprefix(b"data: "))
        self.parts |= body.get("parts", {})
        for name, (keep, added) in body.get("grown", {}).items():
            units = self.parts[name].encode("utf-16-le")
            self.parts[name] = units[: 2 * keep].decode("utf-16-le") + added
        self.data = body.get("data", self.data)


@given(st.lists(st.tuples(_PARTS, st.dictionaries(st.sampled_from(["step", "own"]), st.integers(0, 9)))))
def test_a_page_always_shows_what_was_meant(views: list[tuple[dict[str, str], dict[str, int]]]) -> None:
    stream, page = RoomStream(), Page()
    for parts, data in views:
        page.hear(stream.message(parts, data))
        assert {name: html for name, html in page.parts.items() if html} == {
            name: html for name, html in parts.items() if html
        }
        assert page.data == data


def test_nothing_is_sent_twice_and_of_a_text_that_grows_only_what_is_new() -> None:
    stream = RoomStream()
    beginning = "<p>Un long début de réponse</p>"
    stream.message({"first": beginning, "title": "La question"}, {"step": "answers"})
    assert stream.message({"first": beginning, "title": "La question"}, {"step": "answers"}) is None
    grown = stream.message(
        {"first": beginning[:-4] + " qui va plus loin.</p>", "title": "La question"}, {"step": "answers"}
    )
    assert grown is not None
    assert "début".encode() not in grown
    assert len(grown) < 80
