"""A program in a headless Firefox: scripts in a page, and a result that the page sends back."""

from __future__ import annotations

import http.server
import json
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.skips import lacking

NAMES = ("firefox-esr", "firefox")
TIMEOUT = 120.0  # seconds


def firefox_path() -> str:
    """The path of a Firefox. Without one, the test is skipped, or fails if it must run."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path:
        return path
    return lacking("no Firefox found: install one, on Debian with `apt-get install firefox-esr`")


def run_in_firefox(scripts: Sequence[Path], program: str, argument: Any) -> Any:
    """The result of `program`, a function in JavaScript of one argument, after these scripts.

    Argument and result are of JSON's types. Without a Firefox, the test is skipped or fails.
    """
    path = firefox_path()
    answers: queue.Queue[Any] = queue.Queue()
    sources = [script.read_text(encoding="utf-8") for script in scripts]
    page = _page(sources, program, argument).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def do_POST(self) -> None:
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server,
        # Firefox may still write into its profile while it ends.
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/page"
        command = [path, "--headless", "--no-remote", "--profile", profile, address]
        firefox = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            answer = answers.get(timeout=TIMEOUT)
        finally:
            firefox.terminate()
            firefox.wait()
            server.shutdown()
    assert "error" not in answer, answer["error"]
    return answer["result"]


def _page(sources: Sequence[str], program: str, argument: Any) -> str:
    bodies = "".join(f"<script>{source}</script>" for source in sources)
    return (
        "<!doctype html><meta charset=utf-8><title>test</title>"
        f"<script>globalThis.GINN = {{}};</script>{bodies}<script>"
        f"(async () => ({program})({json.dumps(argument)}))().then((result) => ({{ result }}), "
        "(error) => ({ error: String(error) + error.stack })).then((answer) => "
        "fetch('/answer', { method: 'POST', body: JSON.stringify(answer) }));</script>"
    )
