"""Downloads over real HTTP: who gets a file, who does not, and what an interrupted one leaves behind."""

import io
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, QueuePool, event

from arena.domain.dataset import Dataset, Format, formats_of
from arena.services.datasets import Datasets, Wish
from arena.services.organisers import Access
from arena.storage.datasets import DatasetStore
from arena.storage.engine import open_engine, upgrade
from arena.ui.export_route import export_link, export_routes
from arena.ui.shield import Shield
from arena.ui.text import LOCALES, load_text
from tests.serving import serving_app
from tests.storage.room import EVENT, OTHER, PEOPLE, add_battle, add_event, add_room, battle_of, play_round

LIMIT_S = 20


async def access_of(cookie: str | None) -> Access:
    """The cookie of this test names the events that are its bearer's."""
    return Access(frozenset((cookie or "").split(",")) - {""})


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A room of six, another of four; the first has enough answers to fill many pieces."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('route')}/arena.db")
    upgrade(engine)
    add_event(engine)
    add_room(engine)
    play_round(engine, 1, PEOPLE[:1])
    for number in range(100, 200):
        noise = random.Random(number).randbytes(20_000).hex()  # which no compression makes small
        add_battle(engine, battle_of(number, EVENT, PEOPLE[0], noise), [])
    add_event(engine, OTHER, "XYZ789", day=21)
    add_room(engine, OTHER, PEOPLE[:4])
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def url(engine: Engine) -> Iterator[str]:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    datasets = Datasets(DatasetStore(engine, page=2))
    texts = {locale: load_text(locale) for locale in LOCALES}
    app.router.routes.extend(export_routes(lambda: datasets, access_of, texts))
    app.add_middleware(Shield, mounts=LOCALES, reading=frozenset(), forms=frozenset())
    with serving_app(app) as address:
        yield address


def get(url: str, path: str, *, may_see: str = EVENT) -> httpx.Response:
    cookies = {"arena_organiser": may_see}
    return httpx.get(url + path, cookies=cookies, trust_env=False, verify=False, timeout=LIMIT_S)


@pytest.mark.parametrize(("dataset", "form"), [(dataset, form) for dataset in Dataset for form in formats_of(dataset)])
def test_an_organiser_downloads_every_file(url: str, dataset: Dataset, form: Format) -> None:
    reply = get(url, export_link(EVENT, Wish(dataset, form), "fr"))
    assert reply.status_code == 200
    assert reply.headers["content-disposition"] == f'attachment; filename="2026-03-14-{dataset}.{form}"'
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    read = {
        Format.CSV: lambda content: pd.read_csv(content, sep=";"),
        Format.JSONL: lambda content: pd.read_json(content, lines=True),
        Format.PARQUET: pd.read_parquet,
    }
    assert len(read[form](io.BytesIO(reply.content))) > 0


def test_texts_come_only_when_the_link_asks_for_them(url: str) -> None:
    assert "ciel" not in get(url, export_link(EVENT, Wish(Dataset.TURNS), "fr")).text
    assert "ciel" in get(url, export_link(EVENT, Wish(Dataset.TURNS, texts=True), "fr")).text
    assert "ciel" not in get(url, f"/organise/export/{EVENT}/turns.csv?texts=no&lang=xx").text


@pytest.mark.parametrize(
    ("path", "may_see"),
    [
        (f"{EVENT}/turns.csv", OTHER),
        (f"{EVENT}/turns.csv", ""),
        (f"{EVENT}/turns.parquet", OTHER),
        (f"{'0' * 32}/turns.csv", '0' * 32),  # theirs once, and gone
        ("*/turns.csv", EVENT),
        ("%00/turns.csv", EVENT),
        (f"{EVENT}%27--/turns.csv", EVENT),
        (f"{EVENT[:-1]}/turns.csv", EVENT),
        (f"{EVENT}/secrets.csv", EVENT),
        (f"{EVENT}/turns.xls", EVENT),
        (f"{EVENT}/turns.csv.parquet", EVENT),
        (f"{EVENT}/comparia.parquet", EVENT),
        (f"{EVENT}/turns", EVENT),
        (f"{EVENT}/..%2f..%2fturns.csv", EVENT),
    ],
)  # fmt: skip
def test_forged_addresses_and_foreign_organisers_get_nothing(url: str, path: str, may_see: str) -> None:
    reply = get(url, f"/organise/export/{path}", may_see=may_see)
    assert reply.status_code == 404
    assert EVENT not in reply.text
    assert "content-disposition" not in reply.headers


def test_a_foreign_event_and_one_that_does_not_exist_look_the_same(url: str) -> None:
    foreign = get(url, f"/organise/export/{EVENT}/turns.csv?lang=en", may_see=OTHER)
    absent = get(url, f"/organise/export/{'0' * 32}/turns.csv?lang=en", may_see=OTHER)
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)


@pytest.mark.parametrize("locale", LOCALES)
def test_fewer_than_five_people_are_refused_in_words(url: str, locale: str) -> None:
    for query in ("", "&small=yes", "&texts=yes&demo=yes"):
        reply = get(url, f"/organise/export/{OTHER}/turns.csv?lang={locale}{query}", may_see=OTHER)
        assert (reply.status_code, reply.text.strip()) == (409, load_text(locale)("error.export.too_few"))


def test_a_file_is_only_read(url: str) -> None:
    link = url + export_link(EVENT, Wish(Dataset.TURNS), "fr")
    cookies = {"arena_organiser": EVENT}
    assert httpx.post(link, cookies=cookies, trust_env=False, verify=False).status_code == 404
    head = httpx.head(link, cookies=cookies, trust_env=False, verify=False)
    assert (head.status_code, head.content) == (200, b"")


def test_the_codebook_is_for_everybody(url: str) -> None:
    for locale in LOCALES:
        assert "`battle_id`" in get(url, f"/organise/codebook/codebook.{locale}.md", may_see="").text
        table = get(url, f"/organise/codebook/codebook.{locale}.csv", may_see="").content
        assert list(pd.read_csv(io.BytesIO(table), sep=";"))[:2] == ["dataset", "name"]
    assert get(url, "/organise/codebook/codebook.de.md").status_code == 404


def processes_of_parquet() -> list[str]:
    """The processes of this one that write Parquet."""
    children = " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()
    commands = [Path(f"/proc/{child}/cmdline") for child in children]
    return [path.read_text() for path in commands if path.exists() and "parquet_writer" in path.read_text()]


def feeders() -> list[str]:
    """The threads that feed such a process."""
    return [thread.name for thread in threading.enumerate() if thread.name == "parquet-feeder"]


def connections_of(engine: Engine) -> int:
    """How many are in use."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


@pytest.mark.parametrize("form", Format)
def test_an_interrupted_download_leaves_nothing_running(url: str, engine: Engine, form: Format) -> None:
    link = url + export_link(EVENT, Wish(Dataset.ANSWERS, form, texts=True), "fr")
    with httpx.stream(
        "GET", link, cookies={"arena_organiser": EVENT}, trust_env=False, verify=False, timeout=LIMIT_S
    ) as reply:
        next(reply.iter_raw())
        assert form is Format.PARQUET or not processes_of_parquet()
    limit = time.monotonic() + LIMIT_S
    while processes_of_parquet() or feeders() or connections_of(engine):
        assert time.monotonic() < limit, "something is still running"
        time.sleep(0.02)
    assert get(url, export_link(EVENT, Wish(Dataset.TURNS), "fr")).status_code == 200


def test_a_file_is_sent_while_it_is_being_read(url: str, engine: Engine) -> None:
    read = 0

    def count(*_event: object) -> None:
        nonlocal read
        read += 1

    link = url + export_link(EVENT, Wish(Dataset.ANSWERS, Format.JSONL, texts=True), "fr")
    event.listen(engine, "begin", count)
    try:
        with httpx.stream(
            "GET", link, cookies={"arena_organiser": EVENT}, trust_env=False, verify=False, timeout=LIMIT_S
        ) as reply:
            pieces = reply.iter_raw()
            first = next(pieces)
            early = read
            rest = sum(map(len, pieces))
    finally:
        event.remove(engine, "begin", count)
    assert len(first) + rest > 4_000_000
    assert early < read


def test_people_may_vote_while_a_file_is_being_written(url: str, engine: Engine) -> None:
    link = url + export_link(EVENT, Wish(Dataset.VOTES, Format.JSONL), "fr")
    over = threading.Event()
    faults: list[BaseException] = []

    def play() -> None:
        number = 1000
        try:
            while not over.is_set():
                add_battle(engine, battle_of(number, EVENT, PEOPLE[1], "x"), [PEOPLE[1]])
                number += 1
        except BaseException as fault:  # noqa: BLE001 - shown by the test's own thread
            faults.append(fault)

    player = threading.Thread(target=play)
    player.start()
    try:
        files = [
            httpx.get(link, cookies={"arena_organiser": EVENT}, trust_env=False, verify=False, timeout=LIMIT_S)
            for _ in range(3)
        ]
    finally:
        over.set()
        player.join(LIMIT_S)
    assert faults == []
    sizes = [len(pd.read_json(io.BytesIO(file.content), lines=True)) for file in files]
    assert sizes == sorted(sizes)
    for file in files:
        rows = pd.read_json(io.BytesIO(file.content), lines=True)
        assert not rows.duplicated(["battle_id", "visitor_id"]).any()
