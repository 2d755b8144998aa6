"""A page in a headless Firefox, with real input, by the protocol WebDriver BiDi.

Playwright drives only its own build of Firefox, or one that is newer than the extended-support
release. The protocol's messages are JSON in a WebSocket, of which this module has what it needs.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.skips import lacking

NAMES = ("firefox-esr", "firefox")
TIMEOUT = 120.0  # seconds
FINAL_TEXT = 0x81  # a whole message of text, in one frame
MASKED = 0x80
LISTENING = re.compile(r"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)")


class _Socket:
    """The client's side of a WebSocket for messages of text."""

    def __init__(self, port: int) -> None:
        self._stream = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /session HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        )
        self._stream.sendall("\r\n".join([*lines, "", ""]).encode())
        self._file = self._stream.makefile("rb")
        while self._file.readline().strip():
            pass

    def send(self, text: str) -> None:
        """Send a message. A client must mask its frames; Firefox takes no mask of zeros."""
        content, mask = text.encode(), os.urandom(4)
        length = len(content)
        if length < 126:
            size = bytes([MASKED | length])
        else:
            kind, width = (126, 2) if length < 1 << 16 else (127, 8)
            size = bytes([MASKED | kind]) + length.to_bytes(width, "big")
        masked = bytes(each ^ mask[at % 4] for at, each in enumerate(content))
        self._stream.sendall(bytes([FINAL_TEXT]) + size + mask + masked)

    def receive(self) -> str:
        """The next message."""
        content, final = b"", False
        while not final:
            first, size = self._file.read(2)
            if size > 125:
                size = int.from_bytes(self._file.read(2 if size == 126 else 8), "big")
            content += self._file.read(size)
            final = bool(first & 0x80)
        return content.decode()

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._stream.close()


class FirefoxPage:
    """One page. Places are in CSS px of its window."""

    def __init__(self, connection: _Socket) -> None:
        """Begin a session, whose first page this is."""
        self._connection = connection
        self._numbers = itertools.count(1)
        self._call("session.new", {"capabilities": {}})
        [tree] = self._call("browsingContext.getTree", {})["contexts"]
        self._context = tree["context"]

    def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        self._connection.send(json.dumps(message))
        while (answer := json.loads(self._connection.receive())).get("id") != number:
            pass
        assert answer["type"] == "success", answer
        return answer["result"]

    def open(self, address: str, size: tuple[int, int] = (1280, 800)) -> None:
        """Load an address in a window of this size."""
        viewport = {"width": size[0], "height": size[1]}
        own = {"context": self._context}
        self._call("browsingContext.setViewport", {**own, "viewport": viewport})
        self._call("browsingContext.navigate", {**own, "url": address, "wait": "complete"})

    def run(self, script: str) -> dict[str, Any]:
        """Run a script in JavaScript; its last value, in the protocol's form."""
        target = {"context": self._context}
        parameters = {"expression": script, "target": target, "awaitPromise": True}
        answer = self._call("script.evaluate", parameters)
        assert answer["type"] == "success", answer
        result: dict[str, Any] = answer["result"]
        return result

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in JavaScript, of JSON's types."""
        found = self.run(f"(async () => JSON.stringify(await ({expression}) ?? null))()")
        return json.loads(found["value"])

    def until(self, expression: str) -> None:
        """Wait until an expression in JavaScript is true."""
        end = time.monotonic() + TIMEOUT
        while not self.evaluate(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.05)

    def input(self, kind: str, *actions: dict[str, Any]) -> None:
        """Let a device do these actions: `key`, `wheel`, or `pointer`, which is a mouse."""
        source = {"type": kind, "id": kind, "actions": list(actions)}
        self._call("input.performActions", {"context": self._context, "actions": [source]})

    def press(self, *keys: str) -> None:
        """Press keys together, and release them."""
        down = [{"type": "keyDown", "value": key} for key in keys]
        self.input("key", *down, *({**key, "type": "keyUp"} for key in reversed(down)))

    def drag(self, *places: tuple[float, float]) -> None:
        """Press the mouse at the first place, move it through the others, and release it."""
        moves = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 30} for x, y in places
        ]
        button = {"button": 0}
        self.input(
            "pointer",
            moves[0],
            {"type": "pointerDown", **button},
            *moves[1:],
            {"type": "pointerUp", **button},
        )


def firefox_path() -> str:
    """The path of a Firefox. Without one, the test is skipped, or fails if it must run."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path:
        return path
    return lacking("no Firefox found: install one, on Debian with `apt-get install firefox-esr`")


@contextmanager
def firefox_page() -> Iterator[FirefoxPage]:
    """A page of a headless Firefox with an empty profile."""
    # Firefox may still write into its profile while it ends.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [firefox_path(), "--headless", "--no-remote", "--remote-debugging-port=0"]
        command += ["--profile", profile]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        try:
            assert process.stderr
            found = next(filter(None, map(LISTENING.search, process.stderr)))
            connection = _Socket(int(found[1]))
            yield FirefoxPage(connection)
            connection.close()
        finally:
            process.terminate()
            process.communicate()


def run_in_firefox(scripts: Sequence[Path], program: str, argument: Any) -> Any:
    """The result of `program`, a function in JavaScript of one argument, after these scripts.

    Argument and result are of JSON's types.
    """
    with firefox_page() as page:
        # The browser's own first page forbids WebAssembly.
        page.open("about:blank")
        page.run("globalThis.GINN = {}")
        for script in scripts:
            page.run(script.read_text(encoding="utf-8"))
        return page.evaluate(f"({program})({json.dumps(argument)})")
