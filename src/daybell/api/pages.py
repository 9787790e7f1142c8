"""What is the page made of? Files that were counted once; what a browser has already is not sent again."""

import os
import re
import zlib
from collections.abc import Awaitable, Callable, Container, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from daybell.api.calls import Calls
from daybell.api.conditions import is_known, tagged
from daybell.core.edits import etag

KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
"""What is served, and nothing else."""
DENSE = frozenset({".woff2", ".png"})
"""Compressed already."""
NAME = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9._-]*)+")
GZIP = 31
"""What zlib calls this format, with the widest window."""
MOST_PACKED = 256 * 1024
"""Bytes of memory for what is compressed; the whole page is a quarter of that."""


Answer = Callable[[Request], Awaitable[Response]]


class Page(NamedTuple):
    """One file of the page."""

    file: Path
    media: str
    etag: str
    is_dense: bool


class PageRoute(Route):
    """To all of them: a route for each would be a third of a megabyte."""

    def __init__(self, index: Container[str], answer: Answer) -> None:
        super().__init__("/{path:path}", answer)
        self._index = index

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(scope) if scope.get("path") in self._index else (Match.NONE, {})


class Pages:
    """The index is made once. Files that come later, and whatever lies elsewhere, are not there."""

    def __init__(self, directory: Path, calls: Calls) -> None:
        self._call = calls
        self._index = dict(_found(directory))
        self._packed: dict[str, bytes] = {}

    @property
    def paths(self) -> frozenset[str]:
        """As a browser asks for them."""
        return frozenset(self._index)

    def table(self) -> list[Route]:
        return [PageRoute(self._index, self.answer)]

    async def answer(self, request: Request) -> Response:
        # As the guard has it: what is made of the whole address may have a part of the Host header in it.
        path: str = request.scope["path"]
        page = self._index[path]
        is_packed = not page.is_dense and _takes_gzip(request)
        tag = f"{page.etag}-gzip" if is_packed else page.etag
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if is_known(request, tag):
            return tagged(Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers), tag)
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        content = await self._call(self._pack, path) if is_packed else await self._call(page.file.read_bytes)
        return tagged(Response(content, media_type=page.media, headers=headers), tag)

    def _pack(self, path: str) -> bytes:
        """Compressed when somebody asks for it first."""
        content = self._packed.get(path)
        if content is None:
            packer = zlib.compressobj(9, wbits=GZIP)
            content = packer.compress(self._index[path].file.read_bytes()) + packer.flush()
            if sum(map(len, tuple(self._packed.values()))) + len(content) <= MOST_PACKED:
                self._packed[path] = content
        return content


def _found(directory: Path) -> Iterator[tuple[str, Page]]:
    """No link is followed: it could lead out."""
    for place, _, names in os.walk(directory):
        for file in (Path(place, name) for name in names):
            path = f"/{file.relative_to(directory).as_posix()}"
            if file.suffix in KINDS and NAME.fullmatch(path) and not file.is_symlink():
                page = Page(file, KINDS[file.suffix], etag(file.read_bytes()), file.suffix in DENSE)
                yield "/" if path == "/index.html" else path, page


def _takes_gzip(request: Request) -> bool:
    """Every browser does; who gives it a weight of nothing does not."""
    offered = (one.partition(";") for one in request.headers.get("accept-encoding", "").split(","))
    return any(name.strip() == "gzip" and not re.fullmatch(r"\s*q=0(\.0*)?\s*", q) for name, _, q in offered)
