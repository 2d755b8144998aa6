"""A static host like GitHub Pages, with a sub-path, its headers and types, gzip and `404.html`."""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import io
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

PREFIX = "/some/name/"
GZIPPED = (".css", ".html", ".js", ".json", ".svg", ".xml")


class StaticHost(http.server.SimpleHTTPRequestHandler):
    """A handler that answers as GitHub Pages does."""

    extensions_map = {  # noqa: RUF012 - the base class declares it for each instance
        "": "application/octet-stream",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "application/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".xml": "application/xml",
    }

    def translate_path(self, path: str) -> str:
        """The file of the site for a path below `PREFIX`; a nonexistent file for other paths."""
        if not path.startswith(PREFIX):
            return str(Path(self.directory) / "nothing-outside-the-sub-path")
        return super().translate_path(path.removeprefix(PREFIX.rstrip("/")))

    def send_head(self) -> BinaryIO | io.BytesIO | None:
        """The head and the body of the answer, compressed where the browser accepts it."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self.path.endswith("/") else path
        taken = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (taken and path.suffix in GZIPPED and path.is_file()):
            return super().send_head()
        body = gzip.compress(path.read_bytes(), 6, mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        """Add the headers of every answer."""
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def send_error(self, code: int, *arguments: object, **named: object) -> None:
        """Answer with the site's `404.html`."""
        page = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


class _Server(http.server.ThreadingHTTPServer):
    """A server that ignores connections which a browser closes early."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report errors, but not closed connections."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def hosted(site: Path, port: int = 0) -> Iterator[str]:
    """The address (with last slash) at which a folder is served; port 0 means any free port."""
    handler = functools.partial(StaticHost, directory=str(site))
    with _Server(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
        server.shutdown()
