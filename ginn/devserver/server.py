"""Serve the site to browsers, by default on this machine only, and keep open pages up to date.

The server sends the site as it is on the disk, and adds a script to each page. The script reloads
the page when the site has changed, and shows a mistake over the page when a build has failed. The
files on the disk do not hold the script. The server notifies pages by server-sent events (HTML
standard, section 9.2).
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import io
import ipaddress
import json
import os
import re
import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from ginn.devserver.byte_ranges import asked_range
from ginn.runtime.output_dir import MARKER

LOOPBACK = "127.0.0.1"
# The hosts to which no other machine has access, and that a request may always name.
LOCAL_HOSTS = (LOOPBACK, "localhost", "::1")
# The types of the site's files. Python's own table would depend on the machine: on Windows it reads
# the registry, where a program may have entered another type for scripts.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".npz": "application/zip",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
OTHER_TYPE = "application/octet-stream"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
EVENTS = "/_serve/events"
FILES = ("/_serve/reload.js", "/_serve/overlay.css")
HEARTBEAT = 15.0  # s between two empty messages, which fail if a page is closed
POLL = 0.05  # s between two checks whether the server must stop
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
BARE_PAGE = """<!doctype html>
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
OVERLAY = """<link rel="stylesheet" href="/_serve/overlay.css">
<div role="region" aria-label="Preview">
<div id="ginn-serve" role="alert" data-site="{site}"{hidden}>{failure}</div>
<div id="ginn-serve-build"><span role="status"></span><progress max="1" hidden></progress></div>
</div>
<script src="/_serve/reload.js"></script>
"""


class SiteStatus:
    """The state that open pages receive: the site's digest, why the last build failed, and how far
    the running build is.
    """

    def __init__(self, site: Path) -> None:
        """Begin without a failure, and with the site in its folder, if there is one."""
        self.site, self.failure = site, ""
        self._build: dict[str, Any] | None = None
        self._digest = ""
        self._version = 0
        self._changed = threading.Condition()

    def begin_build(self) -> None:
        """Notify every page that a build has been asked for, unless one is running."""
        with self._changed:
            self._build = self._build or {"stage": "", "share": 0.0}
            self._notify()

    def report(self, stage: str, share: float) -> None:
        """Notify every page how far the running build is."""
        with self._changed:
            self._build = {"stage": stage, "share": round(share, 3)}
            self._notify()

    def publish(self, failure: str, running: bool = False) -> None:
        """Notify every page of a new site or a failure; `failure` is HTML, or "" without one.

        `running` is whether the build still runs.
        """
        with self._changed:
            self.failure = failure
            self._build = self._build if running else None
            self._notify()

    def _notify(self) -> None:
        self._version += 1
        self._changed.notify_all()

    def wait_for_change(self, version: int, timeout: float) -> tuple[int, str]:
        """The version of the state after `version`, and the state as JSON.

        Without a change for `timeout` seconds, the version returned is `version` itself. Versions
        count from 0.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._version != version, timeout)
            # Where folders are exchanged in two steps, there is no site for a moment.
            self._digest = site_digest(self.site) or self._digest
            state = {"site": self._digest, "mistake": self.failure, "build": self._build}
            return self._version, json.dumps(state)


def site_digest(site: Path) -> str:
    """A digest of the site's list of files, which differs between two sites. "" without a site."""
    try:
        return hashlib.sha256((site / MARKER).read_bytes()).hexdigest()[:16]
    except OSError:
        return ""


def may_name(named: str, host: str) -> bool:
    """Whether a request may name a host, when the server listens on `host`.

    `named` is the request's Host header. Its port may be any, since a forwarded port differs from
    the server's own.

    With "DNS rebinding", a foreign page points its own host name at this machine. Its requests
    contain that name, and are refused. An address in numbers cannot be pointed elsewhere, so a
    server for other machines accepts every such address. It also accepts this machine's own name.
    """
    parts = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?", named, re.ASCII)
    name = parts[1].strip("[]").lower() if parts else ""
    if not name or host in LOCAL_HOSTS:
        return name in LOCAL_HOSTS
    own = socket.gethostname().lower()
    return name in (*LOCAL_HOSTS, host.lower(), own, f"{own}.local") or _is_address(name)


def _is_address(host: str) -> bool:
    """Whether a host is an IP address in numbers."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Handler(SimpleHTTPRequestHandler):
    """Answer with files of the site. They are never cached, and requests are not logged."""

    def __init__(
        self, *arguments: Any, status: SiteStatus, templates: Path, **keywords: Any
    ) -> None:
        """`templates` is the folder of the server's own files."""
        self.status, self.templates = status, templates
        super().__init__(*arguments, directory=str(status.site), **keywords)

    def do_GET(self) -> None:
        """Answer a request, or refuse it if it has a host name of another machine."""
        # A browser may close its connection at any time.
        with contextlib.suppress(ConnectionError):
            if self._refused():
                return
            if urlsplit(self.path).path == EVENTS:
                self._send_events()
            else:
                super().do_GET()

    def do_HEAD(self) -> None:
        """Answer a request without the body."""
        if not self._refused():
            super().do_HEAD()

    def _refused(self) -> bool:
        """Whether the request has a host name of another machine. If so, it is refused."""
        server: Any = self.server
        if may_name(self.headers.get("Host", ""), server.host):
            return False
        said = f"The preview is at http://{LOOPBACK}:{server.server_port}/"
        self.send_error(HTTPStatus.FORBIDDEN, said)
        return True

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The type of a file, from the table of this module."""
        return TYPES.get(Path(path).suffix.lower(), OTHER_TYPE)

    def end_headers(self) -> None:
        """Forbid caching and use by other sites. A rebuilt page keeps its address."""
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """The path of a file of the site. If it leads out of the site, a path without a file."""
        root = Path(self.directory).resolve()
        try:
            found = Path(super().translate_path(path))
            inside = found.exists() and found.resolve().is_relative_to(root)
        except (OSError, ValueError, RuntimeError):
            # The name holds a zero byte, or is too long, or a link leads in a circle.
            inside = False
        return str(found) if inside else str(root / "absent" / "absent")

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """Answer 404 for a folder without a page, as static hosts do."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_head(self) -> BinaryIO | None:
        """Send the headers of an answer. Returns its body, for a page with the overlay."""
        address = PurePosixPath(urlsplit(self.path).path)
        if str(address) in FILES:
            return self._send(
                self.guess_type(address), (self.templates / address.name).read_bytes()
            )
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if path.exists() and path.suffix != ".html":
            asked = self.headers.get("Range", "")
            return self._send_range(path, asked) if asked else super().send_head()
        # Computed before the page is read. If the site changes in between, the page has the old
        # digest and is reloaded once more.
        digest = site_digest(self.status.site)
        try:
            page, status = path.read_text(encoding="utf-8"), HTTPStatus.OK
        except (OSError, ValueError):
            if digest and address.suffix not in ("", ".html"):
                self.send_error(HTTPStatus.NOT_FOUND)
                return None
            page, status = self._absent(digest)
        failure = self.status.failure
        overlay = OVERLAY.format(site=digest, failure=failure, hidden="" if failure else " hidden")
        before, end, after = page.rpartition("</body>")
        whole = before + overlay + end + after if end else page + overlay
        return self._send(TYPES[".html"], whole.encode(), status)

    @staticmethod
    def _absent(digest: str) -> tuple[str, HTTPStatus]:
        """The page for an address without a page, or for a missing site, and its HTTP status."""
        words = "There is no such page" if digest else "There is no site yet"
        more = "It is shown here as soon as a build has made it."
        status = HTTPStatus.NOT_FOUND if digest else HTTPStatus.SERVICE_UNAVAILABLE
        return BARE_PAGE.format(words=escape(words), more=escape(more)), status

    def _send_range(self, path: Path, asked: str) -> BinaryIO | None:
        """Send the headers for the part of a file that a `Range` header asks for."""
        content = path.read_bytes()
        places = asked_range(asked, len(content))
        if places is None:
            return super().send_head()
        part = f"{places.start}-{places.stop - 1}" if places else "*"
        status = HTTPStatus.PARTIAL_CONTENT
        return self._send(
            self.guess_type(path),
            content[places.start : places.stop],
            status if places else HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            {"Content-Range": f"bytes {part}/{len(content)}"},
        )

    def _send(
        self,
        kind: str,
        content: bytes,
        status: HTTPStatus = HTTPStatus.OK,
        more: Mapping[str, str] = NO_HEADERS,
    ) -> BinaryIO:
        """Send the headers for content that was made or cut here. Returns the content."""
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if status != HTTPStatus.OK:
            self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        return io.BytesIO(content)

    def _send_events(self) -> None:
        """Send every change of the status until the page closes the connection."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"retry: 500\n\n")
        version = -1
        while True:
            before = version
            version, state = self.status.wait_for_change(version, HEARTBEAT)
            self.wfile.write(b":\n\n" if version == before else f"data: {state}\n\n".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: the terminal is for builds."""


class Server(ThreadingHTTPServer):
    """Listens on one host and port, which no other server then can take."""

    # On Windows this would let two servers take one port.
    allow_reuse_address = sys.platform != "win32"
    allow_reuse_port = False

    def __init__(self, host: str, port: int, handler: Any) -> None:
        """Listen. Raises OSError where the port cannot be used."""
        self.host = host
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), handler)

    def server_bind(self) -> None:
        """Take the port for this server alone."""
        if sys.platform == "win32":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        super().server_bind()


@contextlib.contextmanager
def serving(
    status: SiteStatus, templates: Path, ports: Sequence[int], host: str = LOOPBACK
) -> Iterator[int]:
    """Serve the site while the block runs. Yields the port: the first of `ports` that is free.

    Port 0 is any free one. `host` is the name or address to listen on; "0.0.0.0" is every address
    of this machine. Raises OSError where no port can be used.
    """
    handler = functools.partial(Handler, status=status, templates=templates)
    with _first_free(host, ports, handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def _first_free(host: str, ports: Sequence[int], handler: Any) -> Server:
    """A server at the first port that is free."""
    for port in ports[:-1]:
        try:
            return Server(host, port, handler)
        except OSError as error:
            # Windows reports EACCES for a port that another program uses exclusively.
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    return Server(host, ports[-1], handler)


def network_address() -> str:
    """The address of this machine in its network, or "" if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent. The system only chooses the address that it would send from.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])
