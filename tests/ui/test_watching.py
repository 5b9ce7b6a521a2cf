"""The messages of a battle's stream bring a page to exactly what the server means."""

from collections.abc import Mapping, Sequence

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.domain.battle import AnswerStatus, BlindAnswer, BlindBattle, BlindTurn, RevealStage
from arena.domain.pairing import PairingMode
from arena.domain.side import Side
from arena.ui.markdown import AnswerBlocks
from arena.ui.text import load_text
from arena.ui.watching import BattleStream, public_error_key

_WORDS = st.sampled_from(["mot", " ", "\n\n", "🎉", "👩‍🚀", "é", "**", "- x\n", "`", "<b>", "&", "𝒳", "\n", "# t\n"])


def answer(text: str, status: AnswerStatus = AnswerStatus.STREAMING, error_key: str | None = None) -> BlindAnswer:
    return BlindAnswer(status, text, thought=False, error_key=error_key, self_named=False)


def battle(turns: Sequence[Mapping[Side, BlindAnswer]], *, over: bool = False) -> BlindBattle:
    return BlindBattle(
        id="0" * 32,
        mode=PairingMode.RANDOM,
        is_demo=False,
        is_blind=True,
        is_over=over,
        can_be_voted=over,
        stage=RevealStage.BLIND,
        turns=tuple(BlindTurn(index, f"question {index}", answers) for index, answers in enumerate(turns)),
    )


class Page:
    """What the script of the page does with messages: UTF-16 units, as JavaScript counts."""

    def __init__(self) -> None:
        self.prompts: dict[int, str] = {}
        self.html: dict[tuple[int, str], list[str]] = {}
        self.states: list[tuple[int, str, str]] = []
        self.is_over = False

    def take(self, message: bytes | None) -> None:
        if message is None:
            return
        assert message.startswith(b"data: ")
        assert message.endswith(b"\n\n")
        assert message.count(b"\n") == 2
        body = orjson.loads(message[6:])
        self.prompts |= dict(body.get("turns", []))
        for turn, side, block, keep, added in body.get("patches", []):
            known = self.html.setdefault((turn, side), [])
            known.extend([""] * (block + 1 - len(known)))
            known[block] = known[block].encode("utf-16-le")[: 2 * keep].decode("utf-16-le") + added
        self.states += [(turn, side, state) for turn, side, state, _ in body.get("status", [])]
        self.is_over = self.is_over or body.get("over", False)

    def shows(self, turn: int, side: Side) -> list[str]:
        blocks = list(self.html.get((turn, side.value), []))
        while blocks and not blocks[-1]:
            blocks.pop()
        return blocks


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=30), st.lists(_WORDS, max_size=30), st.integers(1, 8))
def test_a_page_that_applies_the_patches_has_exactly_the_blocks(a: list[str], b: list[str], step: int) -> None:
    stream, page = BattleStream(load_text("fr")), Page()
    for count in range(0, max(len(a), len(b)) + step, step):
        texts = {Side.A: "".join(a[:count]), Side.B: "".join(b[:count])}
        page.take(stream.message(battle([{side: answer(text) for side, text in texts.items()}])))
        for side, text in texts.items():
            grown = AnswerBlocks()
            grown.update(text)
            shown = "".join(page.shows(0, side))
            assert "".join(shown.split()) == "".join("".join(grown.blocks).split())


def test_a_page_that_comes_late_gets_everything_at_once() -> None:
    page = Page()
    turns = [{side: answer(f"tour {turn} {side} 🎉", AnswerStatus.COMPLETE) for side in Side} for turn in range(3)]
    page.take(BattleStream(load_text("fr")).message(battle(turns, over=True)))
    assert page.prompts == {0: "question 0", 1: "question 1", 2: "question 2"}
    assert page.shows(2, Side.B) == ["<p>tour 2 b 🎉</p>\n"]
    assert page.is_over


def test_nothing_is_sent_when_nothing_changed() -> None:
    stream = BattleStream(load_text("en"))
    now = battle([{side: answer("same") for side in Side}])
    assert stream.message(now) is not None
    assert stream.message(now) is None


def test_a_growing_paragraph_is_sent_as_what_was_added() -> None:
    stream = BattleStream(load_text("en"))
    stream.message(battle([{side: answer("début 🎉 " + "mot " * 200) for side in Side}]))
    message = stream.message(battle([{side: answer("début 🎉 " + "mot " * 201) for side in Side}])) or b""
    assert len(message) < 160


def test_an_ending_is_told_once() -> None:
    stream, page = BattleStream(load_text("fr")), Page()
    for status in (AnswerStatus.PENDING, AnswerStatus.STREAMING, AnswerStatus.COMPLETE, AnswerStatus.COMPLETE):
        page.take(stream.message(battle([{side: answer("x", status) for side in Side}])))
    assert [state for _, side, state in page.states if side == "a"] == ["pending", "streaming", "complete"]


@pytest.mark.parametrize("status", list(AnswerStatus))
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_status_has_words_in_each_language(status: AnswerStatus, locale: str) -> None:
    message = BattleStream(load_text(locale)).message(battle([{side: answer("", status) for side in Side}]))
    assert message is not None
    assert "{" not in orjson.loads(message[6:])["status"][0][3]


def test_a_fault_is_told_without_what_would_tell_endpoints_apart() -> None:
    assert public_error_key("error.endpoint.rate_limited") == "error.endpoint"
    assert public_error_key("error.endpoint.tls") == "error.endpoint"
    assert public_error_key("error.endpoint.silent") == "error.endpoint.silent"
    assert public_error_key("error.interrupted") == "error.interrupted"
