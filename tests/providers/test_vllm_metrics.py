"""The load that a vLLM server tells in Prometheus' text format, and servers that tell nothing."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.providers.vllm_metrics import MAX_BODY_BYTES, ask_running, metrics_url_of, running_of
from tests.passing_time import standing_still
from tests.providers.fake_server import Script, breaking_after, hanging_after, replying, serving

METRICS = b"""# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="a/model"} 7.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="a/model"} 40.0
"""
NAME = b"vllm:num_requests_running"


@pytest.mark.parametrize(
    ("metrics", "running"),
    [
        (METRICS, 7),
        (METRICS.replace(b"\n", b"\r\n"), 7),
        (NAME + b" 3", 3),
        (NAME + b" 0.0\n", 0),
        (b'vllm_num_requests_running{a="b"} 1.2e1 1700000000000\n', 12),
        (b'  vllm:num_requests_running { model_name = "x" }\t5 \n', 5),
        (NAME + b'{model_name="odd } \\" name"} 4\n', 4),
        (NAME + b'{engine="0"} 2\n' + NAME + b'{engine="1"} 5\n', 3.5),
        (NAME + b'{engine="0"} NaN\n' + NAME + b'{engine="1"} 5\n', 5),
        (b"vllm:num_requests_running_total 9\n", None),
        (b"other:num_requests_running 9\n", None),
        (b"# vllm:num_requests_running 9\n", None),
        (NAME + b" -1\n", None),
        (NAME + b" 1e99\n", None),
        (NAME + b" e\n", None),
        (NAME + b'{model_name="never closed 9\n', None),
        (b"", None),
        (b"<!doctype html>", None),
    ],
)
def test_the_running_requests_are_read(metrics: bytes, running: float | None) -> None:
    assert running_of(metrics) == running


@given(st.binary(), st.integers(0, 999_999))
def test_whatever_stands_before_the_line_it_is_found(before: bytes, running: int) -> None:
    assert running_of(before + b"\n" + NAME + b" %d\n" % running) is not None
    assert running_of(NAME + b" %d\n" % running) == running


@pytest.mark.parametrize(
    ("base_url", "metrics_url"),
    [
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/metrics"),
        ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/metrics"),
        ("https://host/vllm/v1", "https://host/vllm/metrics"),
        ("https://host", "https://host/metrics"),
    ],
)
def test_metrics_stand_beside_the_chat_address(base_url: str, metrics_url: str) -> None:
    assert metrics_url_of(base_url) == metrics_url


async def test_a_server_is_asked_once_for_its_load(client: httpx.AsyncClient) -> None:
    async with serving(replying(200, METRICS, content_type="text/plain; version=0.0.4")) as server:
        with standing_still():
            assert await ask_running(client, metrics_url_of(server.base_url)) == 7
        assert [(one.method, one.path) for one in server.requests] == [("GET", "/metrics")]


@pytest.mark.parametrize(
    "script",
    [
        replying(404, METRICS),
        replying(307, METRICS, "Location: /elsewhere"),
        replying(500),
        replying(200, b"<!doctype html>"),
        replying(200, METRICS + b"#" * MAX_BODY_BYTES),
        hanging_after(METRICS),
        breaking_after(METRICS),
    ],
)
async def test_a_server_that_does_not_tell_is_no_fault(client: httpx.AsyncClient, script: Script) -> None:
    async with serving(script) as server:
        assert await ask_running(client, f"{server.url}/metrics", timeout_s=0.3) is None


async def test_nobody_there_is_no_fault(client: httpx.AsyncClient) -> None:
    assert await ask_running(client, "http://127.0.0.1:9/metrics") is None
