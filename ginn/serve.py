"""The development server: the site on this machine alone, rebuilt when its sources change.

A build runs in a process of its own, so that a change of the code counts as well, and swaps the
site in whole, so that a page is never half old and half new.
"""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAUSE = 0.5  # s between two looks at the sources
LOOPBACK = "127.0.0.1"


class Handler(SimpleHTTPRequestHandler):
    """Files of the site, never cached, without a line for each request."""

    def end_headers(self) -> None:
        """A rebuilt page has the address of the old one."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def translate_path(self, path: str) -> str:
        """A file below the site; a link that leads out of it is not followed."""
        root = Path(self.directory).resolve()
        try:
            found = Path(super().translate_path(path))
            inside = found.resolve().is_relative_to(root)
        except (OSError, ValueError, RuntimeError):
            # A name with a zero byte, one too long, a link in a circle.
            inside = False
        return str(found) if inside else str(root / "absent" / "absent")

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """A folder without a page is not there, as on the hosts that the site will lie on."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silence: the terminal is for builds."""


def changes(watched: Sequence[Path]) -> dict[Path, int]:
    """Every file of the watched files and folders, and when it last changed (ns)."""
    found = {}
    for place in watched:
        for path in [place] if place.is_file() else place.rglob("*"):
            # An editor may take a file away between two looks at it.
            with contextlib.suppress(OSError):
                if path.is_file() and "__pycache__" not in path.parts:
                    found[path] = path.stat().st_mtime_ns
    return found


def serve(watched: Sequence[Path], site: Path, port: int, command: Sequence[str]) -> int:
    """Build by `command`, serve on loopback and rebuild on a change, until interrupted; exit code.

    Port 0 takes any free one. A build that fails leaves the site as it was and says why.
    """
    seen = changes(watched)
    subprocess.run(command, check=False)  # noqa: S603
    try:
        server = ThreadingHTTPServer(
            (LOOPBACK, port), functools.partial(Handler, directory=str(site))
        )
    except OSError as error:
        sys.stderr.write(
            f"build.py: error: --serve: port {port} cannot be used: {error.strerror}; "
            "choose another\n"
        )
        return 2
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"\nServing http://{LOOPBACK}:{server.server_port}/ (Ctrl-C stops)\n")
    sys.stdout.flush()
    pause = threading.Event()
    try:
        while not pause.wait(PAUSE):
            now = changes(watched)
            if now != seen:
                changed = sorted({path.name for path, _ in now.items() ^ seen.items()})
                sys.stdout.write(f"changed: {', '.join(changed)}\n")
                sys.stdout.flush()
                seen = now
                subprocess.run(command, check=False)  # noqa: S603
    except KeyboardInterrupt:
        return 0
    finally:
        server.shutdown()
    return 0
