"""The development server: the site on this machine alone, and every open page up to date.

What is served is the site as it lies on the disk. To each page a script is added that reloads it
when another site has taken that one's place, or lays a mistake over it; the site itself has none.
Open pages are told by server-sent events (HTML, 9.2).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import os
import threading
from collections.abc import Iterator
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from ginn.runtime.output_dir import MARKER

LOOPBACK = "127.0.0.1"
# Names of this machine that a browser may have asked for. A page of another host that has its name
# lead here ("DNS rebinding") asks for that name.
HOSTS = (LOOPBACK, "localhost", "[::1]")
EVENTS = "/_serve/events"
FILES = {"/_serve/reload.js": "text/javascript", "/_serve/serve.css": "text/css"}
HEARTBEAT = 15.0  # s after which a page that is gone is noticed
POLL = 0.05  # s for the server to notice that it is to end
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
BARE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words}</title>
</head>
<body>
<main class="ginn-serve-bare"><h1>{words}</h1><p>{more}</p></main>
</body>
</html>
"""
ADDED = """<link rel="stylesheet" href="/_serve/serve.css">
<aside id="ginn-serve" role="alert" data-site="{site}"{hidden}>{mistake}</aside>
<script src="/_serve/reload.js"></script>
"""


class News:
    """What open pages are told: which site there is, and what stopped the last build."""

    def __init__(self, site: Path) -> None:
        """No mistake yet; the site is the one that lies in its folder, if there is one."""
        self.site, self.mistake = site, ""
        self._number = 0
        self._changed = threading.Condition()

    def tell(self, mistake: str) -> None:
        """A build has ended: without a mistake (""), or with this one, as HTML."""
        with self._changed:
            self.mistake = mistake
            self._number += 1
            self._changed.notify_all()

    def after(self, number: int, patience: float) -> tuple[int, str]:
        """News with another number than this, and what they say, as JSON.

        The old number after `patience` seconds without any; -1 is that of no news.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._number != number, patience)
            told = {"site": site_mark(self.site), "mistake": self.mistake}
            return self._number, json.dumps(told)


def site_mark(site: Path) -> str:
    """What tells a site from another: a digest of its list of files; "" where there is no site."""
    try:
        return hashlib.sha256((site / MARKER).read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


class Handler(SimpleHTTPRequestHandler):
    """Files of the site, never cached, without a line for each request."""

    def __init__(self, *arguments: Any, news: News, own: Path, **keywords: Any) -> None:
        """`own` is the folder of the server's own files."""
        self.news, self.own = news, own
        super().__init__(*arguments, directory=str(news.site), **keywords)

    def do_GET(self) -> None:
        """Answer, unless another name than this machine's was asked for."""
        # One who asks and goes away is no mistake.
        with contextlib.suppress(ConnectionError):
            if self._refused():
                return
            if urlsplit(self.path).path == EVENTS:
                self._send_events()
            else:
                super().do_GET()

    def do_HEAD(self) -> None:
        """Answer without a body."""
        if not self._refused():
            super().do_HEAD()

    def _refused(self) -> bool:
        """Whether the request came by a name that is not this machine's, and was refused."""
        server: Any = self.server
        port = server.server_port
        allowed = {f"{host}:{port}" for host in HOSTS} | (set(HOSTS) if port == 80 else set())
        if self.headers.get("Host", "") in allowed:
            return False
        self.send_error(HTTPStatus.FORBIDDEN, f"Only http://{LOOPBACK}:{port}/ is served")
        return True

    def end_headers(self) -> None:
        """A rebuilt page has the address of the old one, and no other site may use these files."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """A file below the site that is there; a link that leads out of it is not followed."""
        root = Path(self.directory).resolve()
        try:
            found = Path(super().translate_path(path))
            inside = found.exists() and found.resolve().is_relative_to(root)
        except (OSError, ValueError, RuntimeError):
            # A name with a zero byte, one too long, a link in a circle.
            inside = False
        return str(found) if inside else str(root / "absent" / "absent")

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """A folder without a page is not there, as on the hosts that the site will lie on."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_head(self) -> BinaryIO | None:
        """The headers of an answer, and its body: a page's with what is added to it."""
        address = PurePosixPath(urlsplit(self.path).path)
        if str(address) in FILES:
            return self._send(FILES[str(address)], (self.own / address.name).read_bytes())
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if path.exists() and path.suffix != ".html":
            return super().send_head()
        # Asked before the page is read: a page that is new already is reloaded once too often.
        mark = site_mark(self.news.site)
        try:
            page, status = path.read_text(encoding="utf-8"), HTTPStatus.OK
        except (OSError, ValueError):
            if mark and address.suffix not in ("", ".html"):
                self.send_error(HTTPStatus.NOT_FOUND)
                return None
            page, status = self._absent(mark)
        mistake = self.news.mistake
        added = ADDED.format(site=mark, mistake=mistake, hidden="" if mistake else " hidden")
        before, end, after = page.rpartition("</body>")
        whole = before + added + end + after if end else page + added
        return self._send("text/html; charset=utf-8", whole.encode(), status)

    @staticmethod
    def _absent(mark: str) -> tuple[str, HTTPStatus]:
        """The page where the site has none; and where there is no site, that says so."""
        words = "There is no such page" if mark else "There is no site yet"
        more = "It is shown here as soon as a build has made it."
        status = HTTPStatus.NOT_FOUND if mark else HTTPStatus.SERVICE_UNAVAILABLE
        return BARE.format(words=escape(words), more=escape(more)), status

    def _send(self, kind: str, content: bytes, status: HTTPStatus = HTTPStatus.OK) -> BinaryIO:
        """The headers for a content that was made here, and the content."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if status != HTTPStatus.OK:
            self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        return io.BytesIO(content)

    def _send_events(self) -> None:
        """Tell of the site and of mistakes for as long as somebody listens."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"retry: 500\n\n")
        number = -1
        while True:
            before = number
            number, told = self.news.after(number, HEARTBEAT)
            self.wfile.write(b":\n\n" if number == before else f"data: {told}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silence: the terminal is for builds."""


@contextlib.contextmanager
def serving(news: News, own: Path, port: int) -> Iterator[int]:
    """A server of the site on this machine alone, for the block; gives its port.

    Port 0 takes any free one. OSError where the port cannot be used.
    """
    handler = functools.partial(Handler, news=news, own=own)
    with ThreadingHTTPServer((LOOPBACK, port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
