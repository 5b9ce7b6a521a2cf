"""Reading a reply, without HTTP: any server's dialect, any cut of the bytes, any nonsense."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arena.domain.battle import Usage
from arena.errors import (
    ContentFiltered,
    ContextTooLong,
    EmptyAnswer,
    EndpointError,
    MalformedReply,
    RateLimited,
    ServerFault,
    StreamDropped,
)
from arena.providers.chat import ChatEvent, Finished, ReasoningDelta, TextDelta, UsageReport
from arena.providers.reply import ReplyReader
from arena.providers.sse import MAX_LINE_BYTES, LineSplitter
from tests.providers.fake_server import DONE, delta, event, finish, usage, word

STOP = Finished("stop")
ODD_TEXT = "été \u2028\u2029\x85 \x0b\x0c\x1c 🌱\r\n fin"

Outcome = tuple[list[ChatEvent], type[EndpointError] | None]


def read(*chunks: bytes, max_tokens: int = 1000) -> Outcome:
    """The events of a reply, and the fault that ended it."""
    reader = ReplyReader(max_tokens)
    events: list[ChatEvent] = []
    try:
        for chunk in chunks:
            for each in reader.feed(chunk):
                events.append(each)
            if reader.is_cut:
                break
        for each in reader.finish():
            events.append(each)
    except EndpointError as fault:
        return events, type(fault)
    return events, None


def events_of(*chunks: bytes) -> list[ChatEvent]:
    events, fault = read(*chunks)
    assert fault is None
    return events


def text_of(events: Sequence[ChatEvent]) -> str:
    return "".join(each.text for each in events if isinstance(each, TextDelta))


def thought_of(events: Sequence[ChatEvent]) -> str:
    return "".join(each.text for each in events if isinstance(each, ReasoningDelta))


def cut(stream: bytes, places: set[int]) -> list[bytes]:
    edges = sorted({place % (len(stream) + 1) for place in places} | {0, len(stream)})
    return [stream[start:end] for start, end in pairwise(edges)]


FULL_STREAM = (
    b": ping\n\n"
    + delta(role="assistant", content="")
    + delta(content=None, reasoning_content="Réfléchir…")
    + word("<thi")
    + word("nk>encore</th")
    + word("ink>\n\nBonjour")
    + word(ODD_TEXT)
    + b"id: 7\nevent: chunk\nretry: 3\n"
    + delta(content=[{"type": "text", "text": " 世界"}])
    + finish()
    + usage(prompt_tokens=3, completion_tokens=9)
    + DONE
)


class TestAnyCutOfTheBytes:
    expected = events_of(FULL_STREAM)

    def test_the_example_says_all_it_should(self) -> None:
        assert text_of(self.expected) == f"Bonjour{ODD_TEXT} 世界"
        assert thought_of(self.expected) == "Réfléchir…encore"
        assert self.expected[-2:] == [UsageReport(Usage(3, 9)), STOP]

    @given(st.sets(st.integers(0, 2000), max_size=60), st.sampled_from([b"\n", b"\r\n", b"\r"]))
    def test_any_chunking_and_any_line_end_give_the_same_events(self, places: set[int], end: bytes) -> None:
        assert events_of(*cut(FULL_STREAM.replace(b"\n", end), places)) == self.expected

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_a_byte_at_a_time_gives_the_same_events(self, end: bytes) -> None:
        stream = FULL_STREAM.replace(b"\n", end)
        assert events_of(*(stream[i : i + 1] for i in range(len(stream)))) == self.expected

    @given(st.lists(st.sampled_from([b"\r", b"\n", b"data", b"\xc3\xa9"])), st.sets(st.integers(0, 300)))
    @example([b"a", b"\r", b"\n", b"b"], {2})
    def test_lines_do_not_depend_on_the_chunks(self, pieces: list[bytes], places: set[int]) -> None:
        junk = b"".join(pieces)
        splitter = LineSplitter()
        lines = [line for chunk in cut(junk, places) for line in splitter.feed(chunk)]
        assert [*lines, *([splitter.rest()] if splitter.rest() else [])] == junk.splitlines()

    @given(st.lists(st.binary(max_size=40), max_size=6), st.sets(st.integers(0, 300), max_size=10))
    def test_garbage_ends_the_same_way_however_it_is_cut(self, junk: list[bytes], places: set[int]) -> None:
        stream = b"\ndata:".join([FULL_STREAM[:200], *junk])
        assert read(*cut(stream, places)) == read(stream)

    def test_a_server_that_ends_lines_with_cr_is_not_kept_waiting(self) -> None:
        reader = ReplyReader(10)
        assert list(reader.feed(word("a").replace(b"\n", b"\r"))) == [TextDelta("a")]


FIELDS = (
    "choices",
    "index",
    "delta",
    "message",
    "content",
    "reasoning",
    "text",
    "thinking",
    "finish_reason",
    "usage",
    "prompt_tokens",
    "completion_tokens",
    "completion_tokens_details",
    "reasoning_tokens",
    "x_groq",
    "error",
    "object",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


class TestNonsense:
    @given(st.lists(JSON, max_size=4))
    def test_any_json_is_read_or_refused_in_our_own_words(self, values: list[Any]) -> None:
        read(*(event(value) for value in values), DONE)
        read(*(event({"choices": [{"delta": value}]}) for value in values), DONE)
        read(*(event({"choices": [value], "usage": value}) for value in values), DONE)
        read(b"".join(orjson.dumps(value) for value in values))

    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused_in_our_own_words(self, junk: bytes) -> None:
        read(junk)
        read(b"data: " + junk + b"\n\n")

    @pytest.mark.parametrize(
        "body",
        [
            b"data: {oops}\n\n",
            b"data: 12\n\n",
            b"data: " + b"[" * 100_000 + b"\n\n",
            b'data: {"choices": {"a": 1}}\n\n',
            b'data: {"choices": [3]}\n\n',
            b'data: {"choices": [{"delta": "hm"}]}\n\n',
            b'data: {"choices": [{"delta": {"content": 3}}]}\n\n',
            b"<!doctype html><html></html>",
            b"\n\n  <html>",
            b"hello there\n",
            b'{"hello": "world"}',
            b'{"choices": [{"mess',
            b'["a"]',
        ],
    )
    def test_another_protocol_is_a_malformed_reply(self, body: bytes) -> None:
        assert read(body) == ([], MalformedReply)

    def test_words_before_the_nonsense_are_kept(self) -> None:
        assert read(word("a") + b"data: {oops}\n\n") == ([TextDelta("a")], MalformedReply)

    def test_a_line_without_end_is_refused_before_it_fills_the_memory(self) -> None:
        chunk = b"x" * (MAX_LINE_BYTES // 4)
        assert read(b"data: ", *[chunk] * 3, b"\n") == ([], MalformedReply)
        assert read(*[chunk] * 5) == ([], MalformedReply)

    def test_an_event_of_many_lines_is_limited_too(self) -> None:
        line = b"data: " + b"x" * 1000 + b"\n"
        assert read(*[line] * 1001) == ([], MalformedReply)


class TestDialects:
    def test_empty_deltas_null_content_and_empty_events_say_nothing(self) -> None:
        stream = delta(), delta(content=None), delta(content=""), event({}), b"data:\n\n", b"data: \n\n"
        assert events_of(*stream, word("a"), finish()) == [TextDelta("a"), STOP]

    def test_a_byte_order_mark_is_ignored(self) -> None:
        assert events_of(b"\xef\xbb\xbf" + word("a"), DONE) == [TextDelta("a"), Finished("unknown")]
        assert events_of(b"\xef", b"\xbb\xbf" + word("a"), DONE) == [TextDelta("a"), Finished("unknown")]

    def test_the_space_after_data_is_optional(self) -> None:
        stream = (word("a") + finish() + DONE).replace(b"data: ", b"data:")
        assert events_of(stream) == [TextDelta("a"), STOP]

    def test_missing_empty_lines_do_not_hold_words_back(self) -> None:
        reader = ReplyReader(10)
        assert list(reader.feed(word("a").strip() + b"\n")) == [TextDelta("a")]

    def test_one_event_over_several_data_lines_is_joined(self) -> None:
        stream = b'data: {"choices":\ndata: [{"delta":\ndata: {"content": "a"}}]}\n\n'
        assert events_of(stream, DONE) == [TextDelta("a"), Finished("unknown")]

    def test_several_objects_in_one_event_are_all_read(self) -> None:
        one, two = (orjson.dumps({"choices": [{"delta": {"content": text}}]}) for text in "ab")
        stream = b"data: " + one + b" " + two + b"\n\n"
        assert events_of(stream, finish()) == [TextDelta("a"), TextDelta("b"), STOP]

    def test_half_a_surrogate_pair_becomes_a_question_mark(self) -> None:
        stream = rb'data: {"choices": [{"delta": {"content": "a\ud83d"}}]}' + b"\n\n"
        assert text_of(events_of(stream, DONE)) == "a?"

    def test_a_whole_json_reply_is_an_answer(self) -> None:
        body = {
            "object": "chat.completion",
            "error": None,
            "choices": [{"index": 0, "message": {"content": "Bonjour"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 2},
        }
        expected = [TextDelta("Bonjour"), UsageReport(Usage(1, 2)), STOP]
        assert events_of(orjson.dumps(body)) == expected
        assert events_of(b"\xef\xbb\xbf" + orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n") == expected

    def test_json_objects_on_lines_of_their_own_are_an_answer(self) -> None:
        stream = (word("a") + word("b") + finish()).replace(b"data: ", b"").replace(b"\n\n", b"\n")
        assert events_of(stream) == [TextDelta("a"), TextDelta("b"), STOP]

    @pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
    def test_reasoning_is_kept_apart(self, field: str) -> None:
        stream = delta(**{field: "hm"}), word("yes"), finish()
        assert events_of(*stream) == [ReasoningDelta("hm"), TextDelta("yes"), STOP]

    def test_reasoning_given_twice_is_read_once(self) -> None:
        assert thought_of(events_of(delta(reasoning="hm", reasoning_content="hm"), word("a"), DONE)) == "hm"

    def test_thinking_parts_are_reasoning(self) -> None:
        parts = [
            {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
            {"type": "image_url"},
            {"type": "text", "text": "yes"},
        ]
        assert events_of(delta(content=parts), DONE)[:2] == [ReasoningDelta("hm"), TextDelta("yes")]

    def test_other_choices_are_ignored(self) -> None:
        other = event({"choices": [{"index": 1, "delta": {"content": "b"}, "finish_reason": "length"}]})
        assert events_of(word("a"), other, finish()) == [TextDelta("a"), STOP]


class TestTheEnd:
    @pytest.mark.parametrize(
        ("given_reason", "reason"),
        [
            ("stop", "stop"),
            ("eos", "stop"),
            ("length", "length"),
            ("model_length", "length"),
            ("odd", "unknown"),
        ],
    )
    def test_reasons_are_translated(self, given_reason: str, reason: str) -> None:
        assert events_of(word("a"), finish(given_reason))[-1] == Finished(reason)  # type: ignore[arg-type]

    def test_a_finish_reason_is_enough(self) -> None:
        assert events_of(word("a"), finish()) == [TextDelta("a"), STOP]

    def test_done_is_enough_even_without_a_line_end(self) -> None:
        assert events_of(word("a"), b"data: [DONE]") == [TextDelta("a"), Finished("unknown")]

    def test_whatever_follows_done_is_ignored(self) -> None:
        assert events_of(word("a"), DONE, b"data: {oops\n\n", word("b"))[0] == TextDelta("a")

    def test_neither_of_them_is_a_drop(self) -> None:
        assert read(word("a")) == ([TextDelta("a")], StreamDropped)
        assert read(delta(reasoning="hm"))[1] is StreamDropped

    def test_half_a_last_line_is_a_drop(self) -> None:
        assert read(word("a"), word("b")[:20]) == ([TextDelta("a")], StreamDropped)
        assert read(word("b")[:20]) == ([], EmptyAnswer)

    @pytest.mark.parametrize("stream", [b"", b": ping\n\n", DONE, finish(), word(" \n") + finish()])
    def test_no_word_is_an_empty_answer(self, stream: bytes) -> None:
        assert read(stream)[1] is EmptyAnswer

    def test_reasoning_alone_is_an_empty_answer_with_its_usage(self) -> None:
        events, fault = read(delta(reasoning="hm"), finish("length"), usage(completion_tokens=4), DONE)
        assert (events, fault) == ([ReasoningDelta("hm"), UsageReport(Usage(None, 4))], EmptyAnswer)

    def test_a_filter_after_words_is_a_reason_and_before_them_a_fault(self) -> None:
        assert events_of(word("a"), finish("content_filter"))[-1] == Finished("content_filter")
        assert read(finish("content_filter")) == ([], ContentFiltered)

    @pytest.mark.parametrize(
        ("error", "fault"),
        [
            ({"message": "overloaded", "type": "server_error", "code": 503}, ServerFault),
            ({"message": "slow down", "code": 429}, RateLimited),
            ({"message": "slow down", "type": "rate_limit_exceeded"}, RateLimited),
            ({"message": "the request exceeds the available context size", "code": 400}, ContextTooLong),
            ({"code": "context_length_exceeded"}, ContextTooLong),
            ("something broke", ServerFault),
        ],
    )
    def test_an_error_object_is_a_fault(self, error: object, fault: type[EndpointError]) -> None:
        assert read(word("a"), event({"error": error})) == ([TextDelta("a")], fault)
        assert read(orjson.dumps({"error": error})) == ([], fault)
        assert read(b"error: " + orjson.dumps(error) + b"\n\n") == ([], fault)
        assert read(orjson.dumps([{"error": error}])) == ([], fault)

    def test_other_shapes_of_an_error_are_faults_too(self) -> None:
        assert read(event({"object": "error", "message": "no", "code": 500})) == ([], ServerFault)
        assert read(word("a"), finish("error"))[1] is ServerFault


class TestUsage:
    def report(self, *chunks: bytes) -> list[ChatEvent]:
        return [each for each in events_of(word("a"), *chunks) if isinstance(each, UsageReport)]

    def test_the_last_usage_wins_and_is_told_once(self) -> None:
        first, last = usage(prompt_tokens=1, completion_tokens=1), usage(prompt_tokens=1, completion_tokens=8)
        assert self.report(first, last, finish()) == [UsageReport(Usage(1, 8))]

    def test_reasoning_tokens_are_read(self) -> None:
        details = {"reasoning_tokens": 5}
        assert self.report(usage(completion_tokens=8, completion_tokens_details=details), DONE) == [
            UsageReport(Usage(None, 8, 5))
        ]

    def test_reasoning_counted_apart_is_added_to_the_output(self) -> None:
        counts = {"prompt_tokens": 10, "completion_tokens": 8, "total_tokens": 118}
        details = {"reasoning_tokens": 100}
        assert self.report(usage(**counts, completion_tokens_details=details), DONE) == [
            UsageReport(Usage(10, 108, 100))
        ]

    def test_groq_puts_it_elsewhere(self) -> None:
        groq = event({"choices": [], "x_groq": {"usage": {"prompt_tokens": 2, "completion_tokens": 3}}})
        assert self.report(groq, DONE) == [UsageReport(Usage(2, 3))]

    @pytest.mark.parametrize("absurd", [-1, 1.5, "7", True, None, 10**12, [3]])
    def test_absurd_counts_are_not_reported(self, absurd: object) -> None:
        assert self.report(usage(prompt_tokens=2, completion_tokens=absurd), DONE) == [UsageReport(Usage(2, None))]
        assert self.report(usage(completion_tokens=absurd), DONE) == []

    def test_more_reasoning_than_output_is_absurd(self) -> None:
        details = {"reasoning_tokens": 50}
        assert self.report(usage(completion_tokens=8, completion_tokens_details=details), DONE) == [
            UsageReport(Usage(None, 8, None))
        ]


class TestAnEndlessAnswer:
    def test_too_many_deltas_are_cut(self) -> None:
        events, fault = read(*[word("a")] * 1000, max_tokens=10)
        assert (text_of(events), events[-1], fault) == ("a" * 32, Finished("length"), None)

    def test_too_many_characters_are_cut(self) -> None:
        events, fault = read(*[word("abcdefghi")] * 20, max_tokens=10)
        assert (len(text_of(events)), events[-1], fault) == (80, Finished("length"), None)
        assert read(word("abcdefghi") * 20, max_tokens=10) == (events, None)

    def test_reasoning_counts_too(self) -> None:
        events, fault = read(*[delta(reasoning="a")] * 1000, max_tokens=10)
        assert (len(thought_of(events)), fault) == (32, EmptyAnswer)

    def test_an_answer_of_the_right_length_is_whole(self) -> None:
        events, fault = read(*[word("four")] * 10, finish("length"), DONE, max_tokens=10)
        assert (text_of(events), events[-1], fault) == ("four" * 10, Finished("length"), None)


@pytest.mark.parametrize(
    ("names", "known"),
    [(("m-2026-03", "other"), "m-2026-03"), ((None, "late"), "late"), ((7, ""), None), (("x" * 300,), "x" * 200)],
)
def test_the_name_under_which_a_server_answers_comes_with_the_end(names: tuple[Any, ...], known: str | None) -> None:
    choice = [{"index": 0, "delta": {"content": "a"}}]
    chunks = [event({"model": name, "choices": choice}) for name in names]
    end = events_of(*chunks, finish(), DONE)[-1]
    assert isinstance(end, Finished)
    assert end.served_as == known
