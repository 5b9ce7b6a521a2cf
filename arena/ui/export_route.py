"""Exports as downloads: ``GET /organise/export/{event_id}/{dataset}.{format}``, for organisers of that event only."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from arena.domain.dataset import Dataset, Format, formats_of
from arena.errors import EventNotFound, ParquetMissing, StorageError, TooFewPeople
from arena.services.codebook import codebook_files, load_codebook
from arena.services.datasets import Datasets, Opened, Wish
from arena.ui.access import ORGANISER_COOKIE, AccessOf
from arena.ui.problems import problem_words
from arena.ui.text import LOCALES, Text

EXPORT_PATH = "/organise/export"
CODEBOOK_PATH = "/organise/codebook"
_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "md": "text/markdown; charset=utf-8",
}
# X-Accel-Buffering: a proxy that gathers the whole file first would hold it all in memory.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_STATUS = {EventNotFound: 404, TooFewPeople: 409, ParquetMissing: 501, StorageError: 503}


def export_routes(
    datasets: Callable[[], Datasets], access_of: AccessOf, texts: Mapping[str, Text]
) -> tuple[Route, ...]:
    """The downloads and their codebook. ``access_of`` says by the cookie what somebody may see."""
    downloads = Downloads(datasets, access_of, texts)
    return (
        Route(f"{EXPORT_PATH}/{{event_id}}/{{file}}", downloads.serve),
        Route(f"{CODEBOOK_PATH}/{{file}}", codebook_endpoint()),
    )


def export_link(event_id: str, wish: Wish, locale: str) -> str:
    """Where a file of an event is downloaded; ``locale`` is for what may go wrong."""
    asked = [name for name in ("texts", "demo") if getattr(wish, name)]
    query = "".join(f"&{name}=yes" for name in asked)
    return f"{EXPORT_PATH}/{event_id}/{wish.dataset}.{wish.format}?lang={locale}{query}"


class Downloads:
    """Answers the downloads of all events."""

    def __init__(self, datasets: Callable[[], Datasets], access_of: AccessOf, texts: Mapping[str, Text]) -> None:
        self._datasets = datasets
        self._access_of = access_of
        self._texts = texts

    async def serve(self, request: Request) -> Response:
        """The file as a stream; 404 for anybody who may not see the event, whether it exists or not."""
        text = self._texts.get(request.query_params.get("lang", ""), self._texts[LOCALES[0]])
        event_id = request.path_params["event_id"]
        wish = _wish_of(request)
        try:
            access = await self._access_of(request.cookies.get(ORGANISER_COOKIE))
            if wish is None or not access.may_see(event_id):
                raise EventNotFound
            opened = await self._datasets().open_event(event_id, wish)
        except (EventNotFound, TooFewPeople, ParquetMissing, StorageError) as error:
            words = problem_words(text, error) + "\n"
            return PlainTextResponse(words, _STATUS[type(error)], headers=_HEADERS)
        return self._file(opened, wish, is_asked_for=request.method == "GET")

    def _file(self, opened: Opened, wish: Wish, *, is_asked_for: bool) -> Response:
        name = f"{opened.scope.stem}-{wish.dataset}.{wish.format}"
        headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        media_type = _MEDIA_TYPES[wish.format]
        if not is_asked_for:  # HEAD
            return Response(headers=headers, media_type=media_type)
        chunks = self._datasets().chunks((opened,), wish)
        return StreamingResponse(_from_thread(chunks), headers=headers, media_type=media_type)


def _wish_of(request: Request) -> Wish | None:
    name, _, ending = request.path_params["file"].partition(".")
    if name not in {*Dataset} or ending not in formats_of(Dataset(name)):
        return None
    asked = {option: request.query_params.get(option) == "yes" for option in ("texts", "demo")}
    return Wish(Dataset(name), Format(ending), **asked)


async def _from_thread(chunks: Generator[bytes]) -> AsyncGenerator[bytes]:
    """Each piece is made on a worker thread. When the reader leaves, the one being made is waited for.

    anyio and not asyncio: its threads finish before a cancellation goes on, so that nobody closes a generator that
    runs.
    """
    try:
        while (chunk := await anyio.to_thread.run_sync(next, chunks, b"")) != b"":  # no piece is empty
            yield chunk
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(chunks.close)


def codebook_endpoint() -> Callable[[Request], Awaitable[Response]]:
    """``GET /organise/codebook/{file}``: the same for everybody, made once. Raises CatalogueError."""
    files = codebook_files(load_codebook())

    async def serve(request: Request) -> Response:
        name = request.path_params["file"]
        if name not in files:
            return PlainTextResponse("not found\n", 404)
        headers = {"Cache-Control": "public, max-age=300", "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(files[name], headers=headers, media_type=_MEDIA_TYPES[name.rpartition(".")[2]])

    return serve
