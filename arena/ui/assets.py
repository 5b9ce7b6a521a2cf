"""Static files, compressed once and kept: Gradio would compress each of them for every visitor."""

import hashlib
import mimetypes
from functools import cached_property
from importlib import resources
from pathlib import Path

import brotli
import gradio
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

_FOREVER = "public, max-age=31536000, immutable"  # every file name carries a hash of its content
_ONE_DAY = "public, max-age=86400"
_GRADIO_ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
_ICONS_AND_SHEETS = (
    "icon.svg",
    "style.css",
    "dark.css",
    "reading.css",
    "organiser.css",
    "dashboard.css",
    "leaderboard.css",
    "room.css",
    "phone.css",
    "propose.css",
    "screen.css",
    "desk.css",
    "run_sheet.css",
)
_SCRIPTS = (
    "arena.js",
    "summary.js",
    "organiser.js",
    "dashboard.js",
    "room.js",
    "phone.js",
    "propose.js",
    "screen.js",
    "desk.js",
)
_COMPRESSIBLE = {".js", ".css", ".svg", ".json"}
_TAGS = {
    ".svg": Markup('<link rel="icon" type="image/svg+xml" href="{}">'),
    ".css": Markup('<link rel="stylesheet" href="{}">'),
    ".js": Markup('<script src="{}"></script>'),
}


class _Asset:
    """A file as it is sent; compressed when somebody first asks for it."""

    def __init__(self, name: str, content: bytes) -> None:
        self._plain = content
        self._is_compressible = Path(name).suffix in _COMPRESSIBLE
        self._media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"

    @cached_property
    def _packed(self) -> bytes:
        packed: bytes = brotli.compress(self._plain, quality=9)
        return packed

    def response(self, accepted: str, caching: str = _FOREVER) -> Response:
        headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
        if self._is_compressible and "br" in accepted:
            headers["Content-Encoding"] = "br"
            return Response(self._packed, media_type=self._media_type, headers=headers)
        return Response(self._plain, media_type=self._media_type, headers=headers)


class OwnAssets:
    """Our style sheet and script, under names that change with their content."""

    def __init__(self) -> None:
        self._by_name: dict[str, _Asset] = {}
        self._address: dict[str, str] = {}
        for name in (*_ICONS_AND_SHEETS, *_SCRIPTS):
            content = resources.files("arena.ui").joinpath(name).read_bytes()
            stem, suffix = name.split(".")
            hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
            self._by_name[hashed] = _Asset(hashed, content)
            self._address[name] = f"/own/{hashed}"

    def head(self, *more: str) -> str:
        """The tags that a page puts into its head; ``more`` are files of its own."""
        return self.links("icon.svg", "style.css", "arena.js", *more)

    def links(self, *names: str) -> Markup:
        """The tags that load some of our files, in this order. Raises KeyError for one that we do not have."""
        return Markup("").join(_TAGS[Path(name).suffix].format(self._address[name]) for name in names)

    async def serve_icon(self, request: Request) -> Response:
        """``GET /favicon.ico``: browsers ask for it before they have read which icon the page names."""
        icon = self._by_name[self._address["icon.svg"].removeprefix("/own/")]
        return icon.response(request.headers.get("accept-encoding", ""), caching=_ONE_DAY)

    async def serve(self, request: Request) -> Response:
        """``GET /own/{name}``."""
        asset = self._by_name.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404)
        return asset.response(request.headers.get("accept-encoding", ""))


class GradioAssets:
    """Gradio's own front end files, each read and compressed at its first use."""

    def __init__(self) -> None:
        self._by_name: dict[str, _Asset | None] = {}

    async def serve(self, request: Request) -> Response:
        """``GET /{locale}/assets/{name}``."""
        name = request.path_params["name"]
        if name not in self._by_name:
            self._by_name[name] = self._read(name)
        asset = self._by_name[name]
        if asset is None:
            return Response(status_code=404)
        return asset.response(request.headers.get("accept-encoding", ""))

    @staticmethod
    def _read(name: str) -> _Asset | None:
        path = _GRADIO_ASSETS / name
        inside = path.resolve().parent == _GRADIO_ASSETS.resolve()
        return _Asset(name, path.read_bytes()) if inside and path.is_file() else None
